"""The twin of a block that takes hours, or data that is not here: the same commands, made small.

Every command stays, with all its options, and is run by ``small.py``. ``PHOTOS`` and data sets
beside the repository give way to a small labelled set with the columns that guides speak of. Where
a block lists sources side by side, each is written, and labelled into a folder of its own.
"""

from __future__ import annotations

import csv
import itertools
import re
import shlex
import shutil
import sys
from pathlib import Path
from typing import Final

from forks import client

ROOT: Final = Path(__file__).parents[2]
REPORTS: Final = "docs/reports"
VERSION: Final = "mine-1"
"""Of the bundle in ``bundles/mine``, whose name a registry puts before it."""
EXAMPLE_VERSION: Final = "mine-20261121-0a1b2c3d"
EXAMPLE_SERVICE: Final = "https://faces.example.org"
SMALL: Final = Path(__file__).with_name("small.py")
LABELLED: Final = "labelled.csv"
"""Stands for PHOTOS and for data sets beside the repository."""
LISTED: Final = "photos"
"""A folder of pictures without labels, which ``list.txt`` and others speak of."""
STORED: Final = "reports/mine/predictions.parquet"
"""The table that the first command of the page wrote, for one that the reader has."""
_SOURCE: Final = re.compile(
    r"(?<=--data )(\.\./shared/data/\w+|/data/\w+|PHOTOS)\b"
    r"|(?<=data inspect )PHOTOS\b|(?<=data check )PHOTOS\b"
    r"|(?<=data split )PHOTOS\b|(?<=data convert )PHOTOS\b"
)
_PICTURES: Final = re.compile(r"(?<=label )/data/\w+")
_WHOLE: Final = """#!/bin/sh
exec {command} {words}"$@"
"""
_SHIM: Final = '#!/bin/sh\nexec {python} {small} {warm} {name} "$@"\n'


def small_twin(text: str, folder: Path, warm: str, service: str) -> str:
    """The text with the twin's data and service, behind a PATH on which commands are small."""
    data = _write_labelled(folder)
    if LISTED in text:
        _write_listed(folder)
    if REPORTS in text:
        shutil.copytree(ROOT / REPORTS, folder / REPORTS, dirs_exist_ok=True)
    (folder / ".venv" / "bin").mkdir(parents=True, exist_ok=True)
    (folder / ".venv" / "bin" / "activate").touch()
    shims = _write_shims(folder, warm)
    text = re.sub(r"(?<![\w/.])\.venv(-dev)?/bin/genderlens\b", "genderlens", text)
    text = _PICTURES.sub("PHOTOS", _SOURCE.sub(data, text))
    text = re.sub(r"\btable\.parquet\b", STORED, text)
    text = text.replace("s3://BUCKET", "s3://bucket").replace(EXAMPLE_VERSION, f"mine-{VERSION}")
    text = re.sub(r"\bgenderlens serve(?=.*&$)", "genderlens-serve", text, flags=re.M)
    text = text.replace(EXAMPLE_SERVICE, service)
    return f'PATH="{shims}:$PATH"\nexport GENDERLENS_SAMPLES=samples\n{_apart(text)}'


def warm_commands(text: str, folder: Path, warm: str) -> str:
    """The text behind a PATH on which a warm process runs every command."""
    place = folder / "warm"
    place.mkdir(exist_ok=True)
    shim = _WHOLE.format(command=_ask(warm), words="")
    (place / "genderlens").write_text(shim, "utf-8")
    (place / "genderlens").chmod(0o755)
    return f'PATH="{place}:$PATH"\n{text}'


def _ask(warm: str) -> str:
    """The start of a line of shell that has the server at ``warm`` run a command."""
    return shlex.join(client(warm, "genderlens"))


def _apart(text: str) -> str:
    """Alternatives that name one folder go each into its own."""
    numbers = itertools.count(1)
    if text.count("--out labels ") + text.count("--out labels\n") < 2:
        return text
    text = re.sub(r"--out labels\b", lambda _: f"--out labels-{next(numbers)}", text)
    return re.sub(r"--status labels\b", "--status labels-1", text)


def _write_labelled(folder: Path) -> str:
    """Every picture of PHOTOS with groups, people and a split."""
    path = folder / LABELLED
    files = sorted((folder / "PHOTOS").glob("*/*"))
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["file", "label", "race", "age", "subject", "split"])
        for number, file in enumerate(files):
            groups = ("Black", "White")[number % 2], ("20-29", "30-39")[number // 2 % 2]
            split = ("train", "train", "val", "train", "test")[number % 5]
            name = file.relative_to(folder).as_posix()
            writer.writerow([name, file.parent.name, *groups, f"person {number}", split])
    return LABELLED


def _write_listed(folder: Path) -> None:
    """A few pictures as a folder, two lists and a table."""
    place = folder / LISTED / "first"
    if place.is_dir():
        return
    place.mkdir(parents=True)
    files = sorted((folder / "PHOTOS").glob("*/*"))[::20]
    for number, file in enumerate(files):
        shutil.copy(file, place / f"{number}{file.suffix}")
        shutil.copy(file, place / f"{number}.jpg")
    names = sorted(path.relative_to(folder).as_posix() for path in place.iterdir())
    (folder / "list.txt").write_text("".join(f"{name}\n" for name in names), "utf-8")
    (folder / "list.csv").write_text(
        "".join(f"{line}\n" for line in ["image_path", *names]), "utf-8"
    )
    _write_table(folder / "faces.parquet", [folder / name for name in names])


def _write_table(path: Path, files: list[Path]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pictures = [{"bytes": file.read_bytes(), "path": file.name} for file in files]
    pq.write_table(pa.table({"image": pictures}), path)


def _write_shims(folder: Path, warm: str) -> Path:
    place = folder / "small"
    place.mkdir(exist_ok=True)
    shims = {
        name: _SHIM.format(python=sys.executable, small=SMALL, warm=warm, name=name)
        for name in ("genderlens", "make", "pip")
    }
    shims["genderlens-serve"] = _WHOLE.format(command=_ask(warm), words="serve ")
    for name, text in shims.items():
        (place / name).write_text(text, "utf-8")
        (place / name).chmod(0o755)
    return place
