"""The folder of one job: run, bundle and log, and how far the training has come."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from genderlens.bundle import load_bundle
from genderlens.errors import BundleError
from genderlens.jobs.curves import read_epochs, read_progress
from genderlens.jobs.record import Epoch, Progress

_LINE_BYTES: Final = 400
"""As much is read per line that is asked for; a progress bar redraws itself many times in one."""
_ANSI: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True)
class JobFolder:
    """Paths and small files of one job."""

    path: Path

    @property
    def run(self) -> Path:
        return self.path / "run"

    @property
    def bundle(self) -> Path:
        return self.path / "bundle"

    @property
    def log(self) -> Path:
        return self.path / "log.txt"

    @property
    def is_trained(self) -> bool:
        return (self.run / "run.json").is_file()

    @property
    def is_exported(self) -> bool:
        """Whether a whole bundle lies there."""
        try:
            load_bundle(str(self.bundle))
        except BundleError:
            return False
        return True

    def progress(self) -> Progress:
        """See read_progress."""
        return read_progress(self.run)

    def epochs(self) -> list[Epoch]:
        """See read_epochs."""
        return read_epochs(self.run)

    def tail(self, lines: int = 40) -> list[str]:
        """The last lines of the log, progress bars in their last state."""
        try:
            with self.log.open("rb") as stream:
                stream.seek(0, 2)
                stream.seek(max(0, stream.tell() - lines * _LINE_BYTES))
                text = _ANSI.sub("", stream.read().decode("utf-8", "replace"))
        except OSError:
            return []
        shown = (line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
        return ["".join(c for c in line if c.isprintable()) for line in shown if line.strip()][
            -lines:
        ]
