"""What the columns of a table may be called; the first of a list that is there counts.

Case, spaces, hyphens and underscores in a name make no difference: ``Image Path`` is
``image_path``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

PATH_COLUMNS: Final = (
    *("uri", "path", "file", "filename", "file_name", "filepath", "file_path"),
    *("image", "image_path", "image_file", "image_filename", "image_name", "image_id"),
    *("img", "img_path", "img_name", "picture", "photo"),
)
"""Where a table without pictures says where they lie."""
LABEL_COLUMNS: Final = ("label", "gender", "sex", "labels", "class", "class_name")
"""Where a table says what a picture shows."""


def normal_name(name: str) -> str:
    """A column's name as it is compared."""
    return re.sub(r"[\s_-]+", "_", name.strip().lower()).strip("_")


def find_column(wanted: Sequence[str], names: Iterable[str]) -> str | None:
    """The column that is meant, as the table writes it; None where there is none."""
    known: dict[str, str] = {}
    for name in names:
        known.setdefault(normal_name(name), name)
    return next((known[name] for name in wanted if name in known), None)
