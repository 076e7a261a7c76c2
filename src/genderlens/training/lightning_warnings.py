"""Lightning without its advice, for the time of one training and without a trace afterwards."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_LOGGERS: Final = ("lightning.pytorch", "lightning.fabric")
_ADVICE: Final = (
    r".*does not have many workers.*",  # pictures are memory-mapped: workers would only copy
    r".*GPU available but not used.*",
    r".*[Cc]heckpoint directory .* exists and is not empty.*",
    r".*isinstance\(treespec, LeafSpec\).*",  # Lightning's own use of PyTorch
    r".*The dirpath has changed.*",  # a run folder may be moved between sessions
)


@contextmanager
def without_advice() -> Iterator[None]:
    """Known harmless warnings are ignored and log lines below WARNING dropped."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    levels = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.WARNING)
        with warnings.catch_warnings():
            for message in _ADVICE:
                warnings.filterwarnings("ignore", message=message)
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
