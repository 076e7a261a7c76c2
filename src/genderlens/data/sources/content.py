"""What a file is: a picture, a picture in a format that is not read, or something else.

The name decides where it is that of a picture that is read. Any other file is opened and known by
its first bytes, so that a picture counts whatever it is called.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

from genderlens.pictures.containers import (
    FORMATS,
    PICTURE_SUFFIXES,
    list_formats,
    match_format,
)
from genderlens.remote import is_remote, open_remote

HEAD_BYTES: Final = 64
FOREIGN_SUFFIXES: Final = {
    **dict.fromkeys((".heic", ".heif", ".hif"), "HEIC"),
    **dict.fromkeys((".jp2", ".j2k", ".jpf", ".jpx"), "JPEG 2000"),
    **dict.fromkeys((".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".rw2", ".raf"), "raw"),
    ".jxl": "JPEG XL",
    ".psd": "PSD",
    ".svg": "SVG",
}
"""Suffix → format of pictures that are refused, because no decoder for them is run."""
WAYS_OUT: Final = {
    "HEIC": "convert it (heif-convert IN.heic OUT.jpg, or on a Mac sips -s format jpeg IN.heic "
    "--out OUT.jpg), or have the phone save JPEG (iPhone: Camera, Formats, Most Compatible)",
}
"""What to do about a format, where more can be said than that it is to be converted."""
OTHER_SUFFIXES: Final = frozenset(
    {".txt", ".json", ".jsonl", ".csv", ".tsv", ".xml", ".yaml", ".yml", ".md", ".html", ".cls"}
    | {".parquet", ".tar", ".gz", ".tgz", ".zip", ".npy", ".npz", ".pt", ".mp4", ".mov", ".pdf"}
)
"""Suffixes of what is no picture and is not opened to see, where opening costs a request."""
_FOREIGN: Final = {
    "HEIC": re.compile(rb".{4}ftyp(?:hei[cfmsx]|hev[cmsx]|mif[12]|msf1)", re.DOTALL),
    "BigTIFF": re.compile(rb"II\+\0|MM\0\+"),
    "JPEG 2000": re.compile(rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51"),
    "JPEG XL": re.compile(rb"\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n"),
    "PSD": re.compile(rb"8BPS"),
}
_ARCHIVES: Final = {
    "ZIP": re.compile(rb"PK(?:\x03\x04|\x05\x06)"),
    "7z": re.compile(rb"7z\xbc\xaf\x27\x1c"),
    "RAR": re.compile(rb"Rar!\x1a\x07"),
    "gzip": re.compile(rb"\x1f\x8b"),
}


class ContentKind(Enum):
    """What becomes of a file."""

    PICTURE = "picture"
    REFUSED = "refused"
    PASSED_OVER = "passed over"


class JudgedContent(NamedTuple):
    """A verdict and what it is about."""

    verdict: ContentKind
    reason: str = ""


ReadHead = Callable[[], bytes]
PICTURE: Final = JudgedContent(ContentKind.PICTURE)


def is_picture_name(name: str) -> bool:
    """Whether a name ends as those of pictures that are read do."""
    return PurePosixPath(name).suffix.lower() in PICTURE_SUFFIXES


def judge_file(name: str, read_head: ReadHead) -> JudgedContent:
    """What a plain file is by its name or else its first bytes; the errors of reading are raised.

    ``read_head`` is asked only where the name is none of a picture that is read.
    """
    if is_picture_name(name):
        return PICTURE
    head = read_head()
    suffix = PurePosixPath(name).suffix.lower()
    is_raw = FOREIGN_SUFFIXES.get(suffix) == "raw"  # a TIFF by its bytes, of a preview
    if not is_raw and match_format(head) in list_formats():
        return PICTURE
    foreign = "raw" if is_raw else _match(_FOREIGN, head) or FOREIGN_SUFFIXES.get(suffix)
    if foreign:
        return JudgedContent(ContentKind.REFUSED, foreign_reason(foreign))
    return JudgedContent(ContentKind.PASSED_OVER, _describe(suffix, head))


def read_head(address: str) -> bytes:
    """The first bytes of a file; texts in a cloud are known by name, as each look is a request.

    Raises OSError for a local file that cannot be read, DataError for one in a cloud.
    """
    if not is_remote(address):
        with Path(address).open("rb") as local:
            return local.read(HEAD_BYTES)
    if PurePosixPath(address).suffix.lower() in OTHER_SUFFIXES:
        return b"-"
    with open_remote(address) as stream:
        return stream.read(HEAD_BYTES)


def foreign_reason(name: str) -> str:
    """Why a picture of a known format is not read."""
    way = WAYS_OUT.get(name, "convert it")
    if name in FORMATS and not FORMATS[name].is_here():
        way = f"pip install 'genderlens[{FORMATS[name].extra}]', or {way}"
    return f"is a picture in the format {name}, not one of {', '.join(list_formats())}; {way}"


def find_archive(head: bytes) -> str | None:
    """The name of the archive format that the bytes begin with; None for anything else."""
    return _match(_ARCHIVES, head)


def _match(known: dict[str, re.Pattern[bytes]], head: bytes) -> str | None:
    return next((name for name, signature in known.items() if signature.match(head)), None)


def _describe(suffix: str, head: bytes) -> str:
    if not head:
        return "empty file"
    archive = find_archive(head)
    if archive:
        return f"{archive} archive, which is not unpacked"
    return f"{suffix} file, no picture" if suffix else "file without a suffix, no picture"
