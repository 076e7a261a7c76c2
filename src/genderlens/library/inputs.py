"""One picture in any form that Python programs hold it in: a path, bytes, a file, pixels."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from PIL import Image, ImageOps

from genderlens.library.files import Refused, read_picture_file, read_picture_object
from genderlens.library.web import read_url
from genderlens.pictures.decoding import to_rgb
from genderlens.remote import is_remote
from genderlens.storage import MAX_FILE_BYTES

if TYPE_CHECKING:
    from genderlens.inference.photo import Content

Color = Literal["rgb", "bgr"]
COLORS: Final[tuple[Color, ...]] = ("rgb", "bgr")
"""Order of the channels of an array; OpenCV's is ``bgr``."""

TAKEN: Final = (
    "a path or address, bytes, an open binary file, a PIL image or a NumPy array of uint8"
)


@dataclass(frozen=True)
class InputOptions:
    """How inputs are understood."""

    color: Color = "rgb"
    allow_urls: bool = False


@dataclass(frozen=True)
class Input:
    """One picture; ``name`` is its path or address where it has one."""

    source: Any
    name: str | None = None

    def read(self, options: InputOptions) -> Content | Refused:
        """Encoded bytes, or pixels upright in RGB.

        Raises TypeError and ValueError for what is no picture at all: that is a mistake in the
        program, not a bad file.
        """
        source = self.source
        if isinstance(source, (bytes, bytearray, memoryview)):
            return _limited(bytes(source), "the picture")
        if isinstance(source, Image.Image):
            return upright(source)
        if isinstance(source, np.ndarray):
            return from_array(source, options.color)
        if isinstance(source, (str, os.PathLike)):
            return _read_place(os.fspath(source), options)
        if hasattr(source, "read"):
            return _read_stream(source)
        raise TypeError(f"a picture is {TAKEN}, not {_describe(source)}")


def is_web(place: str) -> bool:
    """Whether it is an address of the web."""
    return place.startswith(("http://", "https://"))


def name_of(source: Any) -> str | None:
    """Path or address of a picture, where it has one."""
    if isinstance(source, (str, os.PathLike)):
        return str(os.fspath(source))
    named = getattr(source, "filename", None) or getattr(source, "name", None)
    return named if isinstance(named, str) and named else None


def upright(image: Image.Image) -> Image.Image:
    """In RGB, turned as its EXIF orientation says; transparency lies on white."""
    return to_rgb(ImageOps.exif_transpose(image))


def from_array(array: np.ndarray[Any, Any], color: Color = "rgb") -> Image.Image:
    """H×W, H×W×1, H×W×3 or H×W×4 of uint8 as an image in RGB.

    Raises TypeError for another type of numbers and ValueError for another shape; both name what
    came and how to mend it.
    """
    if array.dtype != np.uint8:
        raise TypeError(f"an array of pixels is uint8 in 0..255, not {array.dtype}{_mend(array)}")
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    good = array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4))
    if not good or 0 in array.shape:
        raise ValueError(f"an array of pixels is H×W, H×W×3 or H×W×4, not {_shape(array)}")
    if array.ndim == 3 and color == "bgr":
        array = array[:, :, [2, 1, 0, 3][: array.shape[2]]]
    return upright(Image.fromarray(np.ascontiguousarray(array)))


def _mend(array: np.ndarray[Any, Any]) -> str:
    if not np.issubdtype(array.dtype, np.floating):
        return "; convert it: array.astype('uint8')"
    largest = float(array.max()) if array.size else 0.0
    factor = "array * 255" if largest <= 1.0 else "array"
    return f"; convert it: ({factor}).round().astype('uint8')"


def _shape(array: np.ndarray[Any, Any]) -> str:
    shape = "×".join(map(str, array.shape))
    if array.ndim == 3 and array.shape[0] in (1, 3, 4):
        return f"{shape}; channels come last: array.transpose(1, 2, 0)"
    if array.ndim == 4:
        return f"{shape}; give several pictures as a list: list(array)"
    return shape


def _read_place(place: str | bytes, options: InputOptions) -> bytes | Refused:
    text = os.fsdecode(place)
    if is_web(text):
        if not options.allow_urls:
            raise ValueError(
                f"{text} is a web address; pass allow_urls=True to load_predictor to fetch such"
            )
        return read_url(text)
    if is_remote(text):
        return read_picture_object(text)
    return read_picture_file(Path(text))


def _read_stream(stream: Any) -> bytes | Refused:
    try:
        content = stream.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        return Refused("file_not_readable", f"the open file cannot be read: {error}")
    if isinstance(content, str):
        raise TypeError("the file is open as text; open it as binary: open(path, 'rb')")
    return _limited(bytes(content), "the open file")


def _limited(content: bytes, what: str) -> bytes | Refused:
    if len(content) > MAX_FILE_BYTES:
        return Refused("file_too_large", f"{what} has more than {MAX_FILE_BYTES:,} bytes")
    return content


def _describe(source: Any) -> str:
    if hasattr(source, "__array__"):
        return f"{type(source).__module__}.{type(source).__name__}; convert it: numpy.asarray(…)"
    return type(source).__name__
