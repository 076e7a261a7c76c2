"""Which pictures a list or table may name: those below its own folder, unless it is trusted.

The same rule as genderlens.data.sources.addresses, for tables too long to check before work
starts: here an address that leads elsewhere costs only itself.
"""

from __future__ import annotations

import os
import posixpath
from functools import lru_cache

from genderlens.labelling.inputs.items import Item, create_item
from genderlens.remote import is_remote

_realpath = lru_cache(maxsize=4096)(os.path.realpath)


class NamedItems:
    """Turns what the table at ``uri`` calls its pictures into items."""

    def __init__(self, uri: str, *, trusted: bool) -> None:
        self._far = is_remote(uri)
        self._folder = uri.rpartition("/")[0] if self._far else _realpath(os.path.dirname(uri))  # noqa: PTH120
        self._trusted = trusted

    def __call__(self, value: str | None, where: str) -> Item:
        """The item of one line or row; refused where it names nothing or leads out."""
        if not value or "\0" in value:
            return create_item(where, f"{where} names no picture; fill in its address")
        uri, is_inside = self._find_remote(value) if self._is_far(value) else self._find(value)
        if is_inside or self._trusted:
            return create_item(uri)
        shown = f"{where} names {value!a}, outside {self._folder}, which was not opened"
        return create_item(uri, f"{shown}; trust the table with --trusted")

    def _is_far(self, value: str) -> bool:
        return is_remote(value) or (self._far and not value.startswith(("file://", "/")))

    def _find(self, value: str) -> tuple[str, bool]:
        path = self._below(value)
        if "\\" in value and not os.path.lexists(path):
            path = self._below(value.replace("\\", "/"))
        if self._far:
            return path, False
        folder, name = os.path.split(path)
        real = os.path.join(_realpath(folder), name)  # noqa: PTH118
        if os.path.islink(real):  # noqa: PTH114
            real = os.path.realpath(real)
        return path, real.startswith(self._folder.rstrip("/") + "/")

    def _below(self, value: str) -> str:
        return os.path.normpath(os.path.join(self._folder, value.removeprefix("file://")))  # noqa: PTH118

    def _find_remote(self, value: str) -> tuple[str, bool]:
        scheme, _, key = (value if is_remote(value) else f"{self._folder}/{value}").partition("://")
        uri = f"{scheme}://{posixpath.normpath(key)}"
        return uri, self._far and uri.startswith(f"{self._folder}/")
