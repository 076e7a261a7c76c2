"""A kernel of Jupyter that is a fork of the warm process: most of a short notebook is imports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from forks import command

_CODE: Final = """
import os
os.environ.pop("JPY_PARENT_PID", None)  # the parent of a fork is another
import matplotlib
matplotlib.use("module://matplotlib_inline.backend_inline")  # as a kernel chooses at its start
from ipykernel.kernelapp import launch_new_instance
launch_new_instance()
"""


def write_kernel(folder: Path) -> Path:
    """A folder for JUPYTER_PATH whose kernel ``python3`` starts in a fork."""
    place = folder / "kernels" / "python3"
    place.mkdir(parents=True)
    argv = command("python", "-c", _CODE, "-f", "{connection_file}")
    told = {"argv": argv, "display_name": "Python 3", "language": "python"}
    (place / "kernel.json").write_text(json.dumps(told), "utf-8")
    return folder
