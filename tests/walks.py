"""Which files of the package a piece of work runs: what a newcomer reads to follow it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from inspect import CO_OPTIMIZED
from pathlib import Path
from types import FrameType

import genderlens

PACKAGE = Path(genderlens.__file__).parent
BEHIND = ("history",)
"""Threads that work behind the answer."""
PLAIN_DATA = ("bundle/description.py", "errors/", "heads/", "settings/", "types/")
"""What is known by its name and holds no step of any work."""


@dataclass
class Walk:
    """The calls from file to file while ``following``, in every thread begun while ``listening``.

    Modules and class bodies, which run at import, are no steps.
    """

    calls: set[tuple[str, str]] = field(default_factory=set)
    _is_on: bool = False

    def files(self, *around: str) -> set[str]:
        """Every file in which a function ran; ``around``: folders and files that are left out."""
        return _without({callee for _, callee in self.calls}, around)

    def crossed(self, *around: str) -> set[str]:
        """Those of the files that hand the work on to another one, and so are walked through."""
        inside = self.files(*around)
        return {caller for caller, callee in self.calls if {caller, callee} <= inside} & inside

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hears of every call from here on."""
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
        if not self._is_on or event != "call" or not frame.f_code.co_flags & CO_OPTIMIZED:
            return
        callee = _file_of(frame)
        if callee is None or threading.current_thread().name in BEHIND:
            return
        caller, before = None, frame.f_back
        while before is not None and caller is None:
            caller, before = _file_of(before), before.f_back
        if caller != callee:
            self.calls.add((caller or "", callee))


def _file_of(frame: FrameType) -> str | None:
    path = Path(frame.f_code.co_filename)
    return str(path.relative_to(PACKAGE)) if path.is_relative_to(PACKAGE) else None


def _without(files: set[str], around: tuple[str, ...]) -> set[str]:
    return {file for file in files if not file.startswith((*PLAIN_DATA, *around))}
