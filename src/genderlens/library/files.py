"""The bytes of one local file or object of a cloud, or why there are none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from genderlens.errors import DataError, SourceNotFoundError
from genderlens.remote import describe_remote, read_remote
from genderlens.storage import MAX_FILE_BYTES


@dataclass(frozen=True)
class Refused:
    """A picture that cannot be had: the stable name of the reason, and the reason."""

    code: str
    message: str


def read_picture_file(path: Path) -> bytes | Refused:
    """The bytes of a plain file of at most MAX_FILE_BYTES, or why there are none."""
    try:
        if not path.exists():
            return Refused("file_not_found", f"no file at {path}; check the path")
        if not path.is_file():
            return Refused("not_a_file", f"{path} is not a plain file")
        if path.stat().st_size > MAX_FILE_BYTES:
            return Refused("file_too_large", f"{path} has more than {MAX_FILE_BYTES:,} bytes")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        return Refused("file_not_readable", f"{path} cannot be read: {error}")


def read_picture_object(uri: str) -> bytes | Refused:
    """The same of an object in a cloud.

    Raises DataError where not the object is at fault but the way to it, so that a cloud out of
    reach does not make every picture a broken one.
    """
    try:
        return read_remote(uri, MAX_FILE_BYTES)
    except SourceNotFoundError as error:
        return Refused("file_not_found", error.message)
    except DataError as error:
        known = describe_remote(uri)
        code = "file_too_large" if known.size > MAX_FILE_BYTES else "file_not_readable"
        return Refused(code, error.message)
