"""What differs between clouds: a file each, in this folder.

fsspec's packages agree on reading, writing and listing; they do not on how all of a prefix is
listed, what tells one version of an object from another, and how many objects go at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, ClassVar, Final

from genderlens.discovery import import_modules

REMOVED_AT_ONCE: Final = 1000
"""Objects of one request to remove some: as many as S3 takes."""


class Cloud:
    """One scheme of addresses. ``files`` is its fsspec file system, a key is ``bucket/name``."""

    scheme: ClassVar[str]
    extra: ClassVar[str]
    """The extra of genderlens that installs its fsspec package."""

    def list_keys(self, files: Any, bucket: str, prefix: str) -> Iterator[Sequence[str]]:
        """Pages of the keys that begin with a prefix, told as they are listed, in no order."""
        raise NotImplementedError

    def tag(self, info: dict[str, Any]) -> str | None:
        """What changes with every replacement of the object that fsspec describes so."""
        raise NotImplementedError

    def replace(self, files: Any, key: str, content: bytes, tag: str) -> bool:
        """Replace an object that has the tag still; False where it is another by now."""
        raise NotImplementedError

    def remove(self, files: Any, keys: Sequence[str]) -> dict[str, str]:
        """Remove objects of one bucket. The keys of those still there, and why."""
        raise NotImplementedError


@cache
def load_clouds() -> dict[str, Cloud]:
    """Every cloud by its scheme, those first that are most used."""
    values = (value for module in import_modules(__name__) for value in vars(module).values())
    kinds = [kind for kind in values if isinstance(kind, type) and issubclass(kind, Cloud)]
    clouds = [kind() for kind in kinds if kind is not Cloud]
    return {cloud.scheme: cloud for cloud in sorted(clouds, key=lambda one: one.scheme)[::-1]}
