"""What a folder of crops says about them beside their labels: who it is, and to which groups.

Class folders hold labels and parts only. ``crops.parquet`` at their top holds ``file, subject`` and
the attributes of the source, by the name of the crop: it may be moved to another class.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from genderlens.data.parquet.limits import read_columns
from genderlens.data.sources.paths import Place
from genderlens.storage import open_binary, replacing

CROP_TABLE: Final = "crops.parquet"
FILE: Final = "file"
Facts = Mapping[str, str | None]
"""``subject`` and attributes of a picture, by the name of the column."""


def write_crop_table(folder: Path, rows: Iterable[tuple[str, Facts]]) -> None:
    """Store the facts by file name; without any, no table is left there."""
    known = [(file, facts) for file, facts in rows if facts]
    path = folder / CROP_TABLE
    if not known:
        path.unlink(missing_ok=True)
        return
    names = sorted({name for _, facts in known for name in facts})
    schema = pa.schema([(name, pa.string()) for name in (FILE, *names)])
    table = pa.Table.from_pylist([{**facts, FILE: file} for file, facts in known], schema=schema)
    with replacing(path) as partial:
        pq.write_table(table, partial)


def read_crop_table(folder: Place) -> dict[str, Facts]:
    """The facts by file name, nothing where no table lies there. Raises DataError."""
    path = folder / CROP_TABLE
    if not path.is_file():
        return {}
    with open_binary(str(path)) as stream:
        rows = read_columns(stream, str(path)).to_pylist()
    return {str(row.pop(FILE, "")): row for row in rows}
