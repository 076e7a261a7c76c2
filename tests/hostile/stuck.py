"""``python stuck.py WHAT serve …``: the service with a part of it that hangs once told to.

``uvicorn`` in the place of ``serve`` has uvicorn serve it.

The part hangs when the file named by ``STUCK_WHEN`` appears, as a bucket, a database or a network
hangs that worked before.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from pkgutil import resolve_name
from typing import Any
from unittest.mock import patch

from genderlens.service.models import canary

_PARTS = {
    "registry": "genderlens.registry.store:Registry.state",
    "database": "genderlens.history.writer:insert_predictions",
    "model": "genderlens.inference.predictor:Predictor.predict_photo",
}
_WHEN = Path(os.environ["STUCK_WHEN"])


def _hanging(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any, **options: Any) -> Any:
        if _WHEN.exists():
            threading.Event().wait()
        return function(*arguments, **options)

    return call


def _hang(what: str) -> None:
    """From when it is told to; the canary, which notices a model, is five times as impatient."""
    for name in ("EVERY_S", "STALE_S") if what == "model" else ():
        patch.object(canary, name, getattr(canary, name) / 5).start()
    part = _PARTS[what]
    patch(part.replace(":", "."), _hanging(resolve_name(part))).start()


if __name__ == "__main__":
    _hang(sys.argv.pop(1))
    if sys.argv[1] == "uvicorn":
        import uvicorn

        sys.argv.pop(1)
        uvicorn.main()
    from genderlens.cli import main

    main()
