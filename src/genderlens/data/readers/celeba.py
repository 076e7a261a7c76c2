"""CelebA: ``list_attr_celeba.txt`` beside ``img_align_celeba/``.

One attribute is the label, that of default_words for the default head and else the one that is
told; the others become columns of ``yes`` and ``no``. Where they are there,
``list_eval_partition.txt`` gives the splits and ``identity_CelebA.txt`` the subjects.
Subsets work: of the pictures as of the attributes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import pyarrow as pa

from genderlens.data.default_words import CELEBA_ATTRIBUTE, CELEBA_CODES
from genderlens.data.manifest import Manifest
from genderlens.data.readers import Options, reader
from genderlens.data.sources.junk import HIDDEN, is_junk
from genderlens.data.sources.paths import Place, file_names
from genderlens.data.sources.skipped import SkippedItems
from genderlens.errors import ManifestError, SourceNotFoundError, UnknownLabelError
from genderlens.heads.default import GENDER
from genderlens.storage import read_bytes

ATTRIBUTES_FILE: Final = "list_attr_celeba.txt"
PARTITION_FILE: Final = "list_eval_partition.txt"
IDENTITY_FILE: Final = "identity_CelebA.txt"
PICTURES_FOLDER: Final = "img_align_celeba"
_ANSWERS: Final = {"1": "yes", "-1": "no"}
_SPLITS: Final = {"0": "train", "1": "val", "2": "test"}

Row = list[str]


def looks_like_celeba(source: Place, _: Options) -> bool:
    """Whether the source is the attribute list or the folder that holds it."""
    return source.name == ATTRIBUTES_FILE or (source / ATTRIBUTES_FILE).is_file()


@reader("celeba", "CelebA's attribute list beside its pictures", looks_like_celeba, rank=20)
def read_celeba(source: Place, options: Options) -> Manifest:
    """Read the attribute list with its partition.

    Raises SourceNotFoundError for a missing list, UnknownLabelError where the attribute of the
    label is not given, ManifestError for lines that are not what they should be.
    """
    folder = source.parent if source.name == ATTRIBUTES_FILE else source
    wanted = _label_attribute(options)
    attributes, rows = _read_attributes(folder / ATTRIBUTES_FILE, wanted)
    there = _present(folder, options.skipped, {row[0] for row in rows})
    rows = [row for row in rows if _is_there(row[0], there, folder, options.skipped)]
    pictures = [row[0] for row in rows]
    columns = {name: [row[i] for row in rows] for i, name in enumerate(attributes, start=1)}
    codes = columns.pop(wanted)
    known: dict[str, Sequence[str | None]] = {
        "uri": [str(folder / PICTURES_FOLDER / name) for name in pictures],
        "label": _labels(codes, wanted, options),
        "subject": _read_column(folder / IDENTITY_FILE, pictures, str),
        "source": [folder.absolute().name] * len(rows),
        "split": _read_column(folder / PARTITION_FILE, pictures, _SPLITS.get),
    }
    answers = {name: [_ANSWERS[value] for value in columns[name]] for name in columns}
    return Manifest(_text_table({**known, **answers}))


def _label_attribute(options: Options) -> str:
    """The attribute that is the label; UnknownLabelError where another head does not tell it."""
    if options.column is not None and options.label_columns[0] != "label":
        return options.column
    if options.head == GENDER:
        return CELEBA_ATTRIBUTE
    raise UnknownLabelError(
        f"CelebA does not say which attribute is {options.head.name!r}; name it in the recipe: "
        f"heads.{options.head.name}.column"
    )


def _labels(codes: Sequence[str], attribute: str, options: Options) -> list[str]:
    """The labels of one attribute; other than the default one's are words for yes and no."""
    if options.head == GENDER and attribute == CELEBA_ATTRIBUTE:
        return [CELEBA_CODES[code] for code in codes]
    words = [_ANSWERS[code] for code in codes]
    return options.parse_column(words, f"{ATTRIBUTES_FILE}, {attribute}")


def _text_table(columns: Mapping[str, Sequence[str | None]]) -> pa.Table:
    return pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()})


def _read_attributes(file: Place, wanted: str) -> tuple[Row, list[Row]]:
    """Names of the attributes, and the picture and values of each line below them."""
    lines = _read_lines(file)
    if len(lines) < 2 or not lines[0][0].isdecimal():
        raise ManifestError(f"{file} does not begin with a count and the names of its attributes")
    attributes, rows = lines[1], lines[2:]
    if wanted not in attributes:
        raise UnknownLabelError(f"{file} has no attribute {wanted!r}, only {', '.join(attributes)}")
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


def _present(folder: Place, skipped: SkippedItems, listed: set[str]) -> set[str]:
    """The names in the folder of pictures, so that a listed one cannot lead out of it."""
    pictures = folder / PICTURES_FOLDER
    if not pictures.is_dir():
        raise SourceNotFoundError(f"no folder {pictures}; put the pictures beside the lists")
    there = file_names(pictures)
    for name in sorted(there - listed):
        skipped.pass_over(HIDDEN if is_junk(name) else f"not in {ATTRIBUTES_FILE}", name)
    return there


def _is_there(name: str, there: set[str], folder: Place, skipped: SkippedItems) -> bool:
    if name not in there:
        place = folder / PICTURES_FOLDER / name
        skipped.refuse(f"picture {place} does not exist; it is listed in {ATTRIBUTES_FILE}")
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
