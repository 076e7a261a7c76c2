"""How the C library keeps freed memory: for us, not at all where it is much.

The GNU library raises by itself the size from which a block is returned to the system when it is
freed, up to 32 MB. Pixels come in blocks of 16 MB: after the first large picture each thread would
keep hundreds of megabytes for ever, and the peak would be twice what the budget says.
"""

from __future__ import annotations

import ctypes
from typing import Final

_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
_RETURNED_BYTES: Final = 8 * 1024 * 1024
_KEPT_BYTES: Final = 16 * 1024 * 1024
"""At the end of a heap: a photo of common size is decoded without asking the system."""


def return_freed_memory() -> bool:
    """Have blocks of some size returned as soon as they are freed; whether the library can."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # another C library, or another system
        return False
    set_all = mallopt(_MMAP_THRESHOLD, _RETURNED_BYTES) and mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)
    return bool(set_all)
