"""CelebA: ``list_attr_celeba.txt`` beside ``img_align_celeba/``.

``Male`` is the label, the other attributes become columns of ``yes`` and ``no``. Where they are
there, ``list_eval_partition.txt`` gives the splits and ``identity_CelebA.txt`` the subjects.
Subsets work: of the pictures as of the attributes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import pyarrow as pa

from genderlens.data.manifest import Manifest
from genderlens.data.readers import Options, reader
from genderlens.data.sources.junk import HIDDEN, is_junk
from genderlens.data.sources.paths import Place, file_names
from genderlens.data.sources.skipped import SkippedItems
from genderlens.errors import ManifestError, SourceNotFoundError, UnknownLabelError
from genderlens.storage import read_bytes

ATTRIBUTES_FILE: Final = "list_attr_celeba.txt"
PARTITION_FILE: Final = "list_eval_partition.txt"
IDENTITY_FILE: Final = "identity_CelebA.txt"
PICTURES_FOLDER: Final = "img_align_celeba"
_LABELS: Final = {"1": "male", "-1": "female"}
_ANSWERS: Final = {"1": "yes", "-1": "no"}
_SPLITS: Final = {"0": "train", "1": "val", "2": "test"}

Row = list[str]


def looks_like_celeba(source: Place, _: Options) -> bool:
    """Whether the source is the attribute list or the folder that holds it."""
    return source.name == ATTRIBUTES_FILE or (source / ATTRIBUTES_FILE).is_file()


@reader("celeba", "CelebA's attribute list beside its pictures", looks_like_celeba, rank=20)
def read_celeba(source: Place, options: Options) -> Manifest:
    """Read the attribute list with its partition; of the options only the ledger counts.

    Raises SourceNotFoundError for a missing list, UnknownLabelError where ``Male`` is
    not given, ManifestError for lines that are not what they should be.
    """
    folder = source.parent if source.name == ATTRIBUTES_FILE else source
    attributes, rows = _read_attributes(folder / ATTRIBUTES_FILE)
    there = _present(folder, options.ledger, {row[0] for row in rows})
    rows = [row for row in rows if _is_there(row[0], there, folder, options.ledger)]
    pictures = [row[0] for row in rows]
    columns = {name: [row[i] for row in rows] for i, name in enumerate(attributes, start=1)}
    labels = columns.pop("Male")
    known: dict[str, Sequence[str | None]] = {
        "uri": [str(folder / PICTURES_FOLDER / name) for name in pictures],
        "label": [_LABELS[value] for value in labels],
        "subject": _read_column(folder / IDENTITY_FILE, pictures, str),
        "source": [folder.absolute().name] * len(rows),
        "split": _read_column(folder / PARTITION_FILE, pictures, _SPLITS.get),
    }
    answers = {name: [_ANSWERS[value] for value in columns[name]] for name in columns}
    return Manifest(_text_table({**known, **answers}))


def _text_table(columns: Mapping[str, Sequence[str | None]]) -> pa.Table:
    return pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()})


def _read_attributes(file: Place) -> tuple[Row, list[Row]]:
    """Names of the attributes, and the picture and values of each line below them."""
    lines = _read_lines(file)
    if len(lines) < 2 or not lines[0][0].isdecimal():
        raise ManifestError(f"{file} does not begin with a count and the names of its attributes")
    attributes, rows = lines[1], lines[2:]
    if "Male" not in attributes:
        raise UnknownLabelError(f"{file} has no attribute 'Male', only {', '.join(attributes)}")
    if len(rows) != int(lines[0][0]):
        raise ManifestError(f"{file} announces {lines[0][0]} pictures and lists {len(rows)}")
    for row in rows:
        _check_row(row, attributes, file)
    return attributes, rows


def _check_row(row: Row, attributes: Row, file: Place) -> None:
    if len(row) != 1 + len(attributes):
        raise ManifestError(f"{file} has {len(row) - 1} values for {row[0]}, not {len(attributes)}")
    wrong = next((value for value in row[1:] if value not in _ANSWERS), None)
    if wrong is not None:
        raise UnknownLabelError(f"{file} holds {wrong!r} for {row[0]}; known are 1 and -1")


def _read_lines(file: Place) -> list[Row]:
    try:
        text = read_bytes(str(file)).decode("utf-8")
        return [line.split() for line in text.splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"{file} cannot be read: {error}") from error


def _present(folder: Place, ledger: SkippedItems, listed: set[str]) -> set[str]:
    """The names in the folder of pictures, so that a listed one cannot lead out of it."""
    pictures = folder / PICTURES_FOLDER
    if not pictures.is_dir():
        raise SourceNotFoundError(f"no folder {pictures}; put the pictures beside the lists")
    there = file_names(pictures)
    for name in sorted(there - listed):
        ledger.pass_over(HIDDEN if is_junk(name) else f"not in {ATTRIBUTES_FILE}", name)
    return there


def _is_there(name: str, there: set[str], folder: Place, ledger: SkippedItems) -> bool:
    if name not in there:
        place = folder / PICTURES_FOLDER / name
        ledger.refuse(f"picture {place} does not exist; it is listed in {ATTRIBUTES_FILE}")
    return name in there


def _read_column(
    file: Place, pictures: list[str], translate: Callable[[str], str | None]
) -> list[str | None]:
    """The second word of each picture's line, translated; nothing where there is no such file."""
    if not file.is_file():
        return [None] * len(pictures)
    words = {row[0]: row[1] if len(row) == 2 else "" for row in _read_lines(file)}
    values = [translate(words.get(name, "")) for name in pictures]
    for name, value in zip(pictures, values, strict=True):
        if not value:
            raise ManifestError(f"{file} has no usable line for {name}: {words.get(name)!r}")
    return values
