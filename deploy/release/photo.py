"""Writes the photo of `make dist`: one woman (Eileen Collins, NASA, public domain)."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image
from skimage import data


def main(path: str) -> None:
    """scikit-image brings it along, so that nothing is fetched."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(data.astronaut()).save(path, quality=92)


if __name__ == "__main__":
    main(*sys.argv[1:])
