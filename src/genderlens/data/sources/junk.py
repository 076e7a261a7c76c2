"""Files that programs leave behind, which are never a part of a data set."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

JUNK_NAMES: Final = frozenset(
    {
        "__macosx",
        "@eadir",
        "$recycle.bin",
        "system volume information",
        "lost+found",
        "thumbs.db",
        "ehthumbs.db",
        "ehthumbs_vista.db",
        "desktop.ini",
        "icon\r",
    }
)
"""Names in lower case, of files and of folders; every name that begins with a dot is junk too."""
HIDDEN: Final = "hidden or left behind by a system"


def is_junk(name: str) -> bool:
    """Whether a file or folder of this name is hidden, or left behind by a file manager."""
    return name.startswith(".") or name.lower() in JUNK_NAMES


def is_in_junk(names: Iterable[str]) -> bool:
    """Whether any folder on the way to a file, or the file itself, is junk."""
    return any(is_junk(name) for name in names)
