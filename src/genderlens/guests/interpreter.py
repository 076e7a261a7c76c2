"""The Python with which processes of ours are started."""

from __future__ import annotations

import os


def find_interpreter() -> str:
    """The one that ``multiprocessing`` starts.

    Where a program embeds Python, ``sys.executable`` is that program; it says by
    ``multiprocessing.set_executable`` what to start instead.
    """
    from multiprocessing import spawn

    return os.fsdecode(spawn.get_executable())
