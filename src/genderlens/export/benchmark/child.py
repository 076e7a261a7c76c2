"""One fresh process: from nothing to the first answer, and the memory that it took.

Run as ``python -m genderlens.export.benchmark.child BUNDLE PRECISION PHOTO``; prints one JSON line.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(bundle: str, precision: str, photo: str) -> None:
    """Answer the photo once."""
    from genderlens.export.benchmark.photo import MIN_SCORE
    from genderlens.inference.predictor import create_predictor
    from genderlens.settings import load_settings

    settings = load_settings(
        model=bundle,
        precision=precision,
        faces="largest",
        face_min_score=MIN_SCORE,
        face_sure_score=0.0,
        threads=1,
    )
    (answer,) = create_predictor(settings).predict([Path(photo).read_bytes()])
    facts = {"outcome": answer.outcome.value, "peak_memory_bytes": _peak_memory()}
    sys.stdout.write(json.dumps(facts) + "\n")


def _peak_memory() -> int | None:
    """Bytes; None on systems that do not tell."""
    status = Path("/proc/self/status")
    if status.is_file():  # getrusage would tell the parent's peak where that is higher
        (line,) = (one for one in status.read_text("ascii").splitlines() if "VmHWM" in one)
        return int(line.split()[1]) * 1024
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
