"""Results as a data frame."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from genderlens.heads.default import GENDER
from genderlens.library.result import Result, list_columns

if TYPE_CHECKING:
    import pandas


def to_frame(results: Iterable[Result]) -> pandas.DataFrame:
    """One row a face, columns as ``list_columns`` of the first.

    ModuleNotFoundError where pandas is not installed.
    """
    try:
        import pandas
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "a data frame needs pandas; install it: pip install pandas; or use to_rows()"
        ) from error
    found = list(results)
    rows = [row for result in found for row in result.to_rows()]
    return pandas.DataFrame(rows, columns=list_columns(found[0].heads if found else (GENDER,)))
