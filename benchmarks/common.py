"""What the benchmarks share."""

from __future__ import annotations

import sys
from pathlib import Path

from genderlens.cpus import describe_machine
from genderlens.settings import load_settings


def data_folder() -> Path:
    """The folder of labelled photographs, or a clear end."""
    folder = load_settings().data_dir or Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        sys.exit(f"no labelled photographs at {folder}; set GENDERLENS_DATA_DIR (CONTRIBUTING.md)")
    return folder


def machine() -> str:
    """The class of machine that a figure was taken on, with the features of its CPU."""
    return f"{describe_machine()}, no GPU used"
