"""The decoder of HEIC pictures, where it is installed (extra ``[heif]``)."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import IO, Any, Final

from PIL.ImageFile import ImageFile

_PACKAGES: Final = ("pillow_heif", "pi_heif")
"""Of one author and one API; the second decodes only, and brings no GPL."""


def has_heif() -> bool:
    """Whether HEIC pictures can be decoded here."""
    return any(find_spec(name) is not None for name in _PACKAGES)


def open_heif(stream: IO[bytes]) -> ImageFile:
    """The picture, its size known and no pixel decoded; SyntaxError where it is none.

    ModuleNotFoundError without the extra.
    """
    picture: ImageFile = _find_plugin()(stream)
    return picture


@cache
def _find_plugin() -> Any:
    name = next((name for name in _PACKAGES if find_spec(name) is not None), _PACKAGES[0])
    plugin: Any = import_module(f"{name}.as_plugin")
    if hasattr(plugin, "options"):
        plugin.options.DECODE_THREADS = 1  # further threads would keep memory of their own
    return plugin.HeifImageFile
