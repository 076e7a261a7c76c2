"""``python stuck.py WHAT serve …``: the service with a part of it that hangs once told to.

The part hangs when the file named by ``STUCK_WHEN`` appears, as a bucket, a database or a network
hangs that worked before.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

_WHEN = Path(os.environ["STUCK_WHEN"])


def _hanging(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any, **options: Any) -> Any:
        if _WHEN.exists():
            threading.Event().wait()
        return function(*arguments, **options)

    return call


def _hang(what: str) -> None:
    from genderlens.history import writer
    from genderlens.inference.predictor import Predictor
    from genderlens.registry.store import Registry

    if what == "registry":
        Registry.state = _hanging(Registry.state)  # type: ignore[method-assign]
    elif what == "database":
        writer.insert_predictions = _hanging(writer.insert_predictions)
    elif what == "model":
        Predictor.predict = _hanging(Predictor.predict)  # type: ignore[method-assign]


if __name__ == "__main__":
    _hang(sys.argv.pop(1))
    from genderlens.cli import main

    main()
