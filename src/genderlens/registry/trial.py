"""The trial of a bundle: every graph is loaded and answers in a child before it does so here.

Run as ``python -m genderlens.registry.trial``; see genderlens.guests.
"""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any, Final

from genderlens.bundle import INT8_MODEL, MODEL, Bundle, default_bundle_path, load_bundle
from genderlens.errors import ModelTrialError
from genderlens.guests.child import TrialAlarm, serve_guest
from genderlens.guests.process import Guests
from genderlens.storage import sha256_of_bytes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from genderlens.graphs.runtime import Session

_ROWS: Final = (1, 2)
_MODULE: Final = "genderlens.registry.trial"
_MOST_REMEMBERED: Final = 1000
_passed: dict[str, None] = {}
_lock = threading.Lock()


def require_fit(bundle: Bundle, guests: Guests) -> None:
    """Try a bundle in a child; ModelTrialError where it hangs, crashes or takes too much memory.

    What passed once in this process passes again without a child: the key is the SHA-256 of every
    file, and whoever loads the bundle checks those. The shipped bundle is part of the package.
    """
    if bundle.path == default_bundle_path():
        return
    key = trial_key(bundle)
    with _lock:
        if key in _passed:
            return
    guests.run(
        _MODULE,
        {"path": str(bundle.path.absolute())},
        what=bundle.version,
        longest_s=guests.limits.time_s,
    )
    with _lock:
        while len(_passed) >= _MOST_REMEMBERED:
            del _passed[next(iter(_passed))]
        _passed[key] = None


def trial_key(bundle: Bundle) -> str:
    """Names the content of a bundle, wherever it lies."""
    document = bundle.description.model_dump(mode="json")
    return sha256_of_bytes(json.dumps(document, sort_keys=True).encode())


def try_bundle(request: dict[str, Any], alarm: TrialAlarm) -> dict[str, Any]:
    """Scan every graph of a bundle; have those that may serve answer a row and two."""
    from genderlens.graphs.runtime import Session

    bundle = load_bundle(request["path"])
    names = [name for name in bundle.description.files if name.endswith(".onnx")]
    for name in names:
        content = bundle.read_graph(name)
        if name not in {MODEL, INT8_MODEL}:
            continue
        session = Session(content, name=name)
        for rows in _ROWS:
            _require_answer(session, _squares(bundle, rows), name)
            alarm.beat()
    return {"graphs": names}


def _squares(bundle: Bundle, rows: int) -> NDArray[np.float32]:
    """Noise of the size of the input."""
    import numpy as np

    shape = (rows, 3, *bundle.description.input.shape)
    return np.random.default_rng(rows).normal(size=shape).astype(np.float32)


def _require_answer(session: Session, squares: NDArray[np.float32], name: str) -> None:
    import numpy as np

    rows = len(squares)
    first, *_ = session.run({session.input_name: squares})
    if first.ndim == 0 or len(first) != rows or not np.isfinite(first).all():
        raise ModelTrialError(
            f"{name} answers {rows} faces with {'x'.join(map(str, first.shape)) or 'one'} values "
            "or with numbers that are none; export it again"
        )


if __name__ == "__main__":
    serve_guest(try_bundle)
