"""A process that answers the photos whose paths it reads, one JSON line each; see kinds.py.

``plain`` uses only what earlier versions have as well.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from genderlens.inference.predictor import create_predictor
from genderlens.settings import Settings

_TIMES = 3
"""Each photo is answered so often in a row; the first time finds caches that others filled."""
Answer = Callable[[bytes], dict[str, Any]]


def by_predictor(*, alike: bool = False, **settings: Any) -> Answer:
    """Our predictor; ``alike``: every picture is looked at as finely."""
    predictor = create_predictor(Settings(faces="largest", threads=1, **settings))
    if alike:
        from looks import looks_of_before

        predictor._faces.looks = looks_of_before(predictor._faces.looks)

    def answer(content: bytes) -> dict[str, Any]:
        (found,) = predictor.predict([content])
        return {"outcome": found.outcome.value, "people": found.person_count}

    return answer


def by_bare_sessions(way: str) -> Answer:
    """One of the ways that ``genderlens benchmark`` knows beside the predictor."""
    from genderlens.bundle import load_bundle
    from genderlens.export.benchmark.kinds import limit, plain_loop, scrfd_work

    bundle = load_bundle()
    ways = {
        "limit": lambda: limit(bundle),
        "plain_loop": lambda: plain_loop(bundle),
        "scrfd_work": scrfd_work,
    }
    bare = ways[way]()

    def answer(content: bytes) -> dict[str, Any]:
        bare(content)
        return {}

    return answer


def main(way: str) -> None:
    """Answer until there is nothing more to read."""
    ways: dict[str, Callable[[], Answer]] = {
        "plain": by_predictor,
        "as_needed": by_predictor,
        "as_needed_int8": lambda: by_predictor(precision="int8"),
        "every_picture_alike": lambda: by_predictor(alike=True),
    }
    answer = ways[way]() if way in ways else by_bare_sessions(way)
    for line in sys.stdin:
        content = Path(line.strip()).read_bytes()
        times = []
        for _ in range(_TIMES):
            start = time.thread_time()
            found = answer(content)
            times.append((time.thread_time() - start) * 1000.0)
        spent = min(times[1:])
        sys.stdout.write(json.dumps({"ms": spent, **found}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
