"""What the columns of a table may be called; the first of a list that is there counts.

Case, spaces, hyphens and underscores in a name make no difference: ``Image Path`` is
``image_path``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from genderlens.heads import Head
from genderlens.heads.default import GENDER

PATH_COLUMNS: Final = (
    *("uri", "path", "file", "filename", "file_name", "filepath", "file_path"),
    *("image", "image_path", "image_file", "image_filename", "image_name", "image_id"),
    *("img", "img_path", "img_name", "picture", "photo"),
)
"""Where a table without pictures says where they lie."""
LABEL_COLUMNS: Final = ("label", "gender", "sex", "labels", "class", "class_name")
"""Where a table says what a picture shows, of the default head."""
_PLAIN_LABEL_COLUMNS: Final = ("label", "labels", "class", "class_name")


def label_columns(head: Head = GENDER, column: str | None = None) -> tuple[str, ...]:
    """Where a table holds the labels of a head: in the column that is told, or in what is usual.

    A column of the head's name goes before those that any head may have.
    """
    if column is not None and normal_name(column) != "label":
        return (normal_name(column),)
    if head == GENDER:
        return LABEL_COLUMNS
    return tuple(dict.fromkeys((head.name, *_PLAIN_LABEL_COLUMNS)))


def normal_name(name: str) -> str:
    """A column's name as it is compared."""
    return re.sub(r"[\s_-]+", "_", name.strip().lower()).strip("_")


def find_column(wanted: Sequence[str], names: Iterable[str]) -> str | None:
    """The column that is meant, as the table writes it; None where there is none."""
    known: dict[str, str] = {}
    for name in names:
        known.setdefault(normal_name(name), name)
    return next((known[name] for name in wanted if name in known), None)
