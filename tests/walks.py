"""Which files of the package a piece of work runs: what a newcomer has to read to follow it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from inspect import CO_OPTIMIZED
from pathlib import Path
from types import FrameType

import genderlens

PACKAGE = Path(genderlens.__file__).parent


class Walk:
    """Counts files whose functions are called while ``following``, in every thread begun inside.

    Modules and class bodies, which run at import, are no steps of the walk.
    """

    def __init__(self) -> None:
        self.functions: set[tuple[str, str]] = set()
        self._is_on = False

    @property
    def files(self) -> set[str]:
        return {file for file, _ in self.functions}

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hears of every call from here on; threads that work is handed to must start inside."""
        threading.setprofile(self._hear)
        sys.setprofile(self._hear)
        try:
            yield
        finally:
            sys.setprofile(None)
            threading.setprofile(None)  # type: ignore[arg-type]

    @contextmanager
    def following(self) -> Iterator[None]:
        """Notes what is called."""
        self._is_on = True
        try:
            yield
        finally:
            self._is_on = False

    def _hear(self, frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if self._is_on and event == "call" and code.co_flags & CO_OPTIMIZED:
            path = Path(code.co_filename)
            if path.is_relative_to(PACKAGE):
                self.functions.add((str(path.relative_to(PACKAGE)), code.co_qualname))
