"""A process that answers the photos whose paths it reads, one JSON line each; see kinds.py.

``plain`` uses only what earlier versions have as well.
"""

from __future__ import annotations

import io
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


def by_predictor(*, alike: bool = False) -> Answer:
    """Our predictor; ``alike``: every picture is looked at as finely."""
    predictor = create_predictor(Settings(faces="largest", threads=1))
    if alike:
        from looks import looks_of_before

        predictor._faces.looks = looks_of_before(predictor._faces.looks)

    def answer(content: bytes) -> dict[str, Any]:
        (found,) = predictor.predict([content])
        return {"outcome": found.outcome.value, "people": found.person_count}

    return answer


def by_bare_sessions() -> Answer:
    """The least work there is: a reduced decode, a first and a closer look, one classification."""
    import numpy as np
    from PIL import Image

    from genderlens.bundle import load_bundle
    from genderlens.detection.faces import CENTERFACE
    from genderlens.detection.looks import LOOKS, read_looks
    from genderlens.detection.sound import load_sound
    from genderlens.graphs.runtime import LOGIT

    bundle, looks = load_bundle(), read_looks(CENTERFACE.with_name(LOOKS))
    assert looks.coarse is not None
    detector = load_sound(CENTERFACE).session
    classifier, side = bundle.create_session(), max(bundle.description.input.shape)
    sides = (looks.coarse.side_px, looks.closer_px)

    def answer(content: bytes) -> dict[str, Any]:
        image = Image.open(io.BytesIO(content))
        image.draft("RGB", (2 * max(sides), 2 * max(sides)))
        for px in sides:
            pixels = np.asarray(image.resize((px, px), Image.Resampling.BILINEAR))[None]
            detector.run({detector.input_name: pixels})
        face = np.asarray(
            image.resize((side, side), Image.Resampling.BILINEAR), np.float32
        ).transpose(2, 0, 1)[None]
        classifier.run({classifier.input_name: face}, [LOGIT])
        return {}

    return answer


def main(way: str) -> None:
    """Answer until there is nothing more to read."""
    ways: dict[str, Callable[[], Answer]] = {
        "plain": by_predictor,
        "as_needed": by_predictor,
        "every_picture_alike": lambda: by_predictor(alike=True),
        "limit": by_bare_sessions,
    }
    answer = ways[way]()
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
