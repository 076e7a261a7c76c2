"""What lies in a folder of pictures, in a fixed order and without surprises."""

from __future__ import annotations

from collections.abc import Container

from genderlens.containers import PICTURE_SUFFIXES
from genderlens.data.manifest import SPLIT_NAMES
from genderlens.data.places import Place
from genderlens.errors import SourceNotFoundError


def visible(folder: Place) -> list[Place]:
    """Everything in a folder that is not hidden, in the order of the names."""
    seen = (path for path in folder.iterdir() if not path.name.startswith("."))
    return sorted(seen, key=lambda path: path.name)


def visible_files(folder: Place, suffixes: Container[str]) -> list[Place]:
    """The files in a folder that end in one of the suffixes (lower case, with the dot)."""
    return [path for path in visible(folder) if path.suffix.lower() in suffixes]


def is_picture(path: Place) -> bool:
    """Whether the name is that of a picture."""
    return path.suffix.lower() in PICTURE_SUFFIXES


def require_plain_file(path: Place) -> Place:
    """The path itself; SourceNotFoundError for a broken link, a pipe, a device or nothing.

    Also for a name that is no UTF-8, which a manifest cannot hold.
    """
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise SourceNotFoundError(f"the name {str(path)!a} is not UTF-8; rename it") from error
    if not path.is_file():
        what = "is not a plain file" if path.exists() else "does not exist"
        raise SourceNotFoundError(f"picture {path} {what}; put it there or remove its entry")
    return path


def split_of_shard(file: Place) -> str | None:
    """The split that a shard's name begins with: ``train-00000-of-00008.parquet`` → train."""
    return SPLIT_NAMES.get(file.name.split("-")[0].split(".")[0].lower())


def text_or_none(value: object) -> str | None:
    """An attribute as the manifest holds it: text, None where there is nothing."""
    return None if value is None else str(value)
