"""Run the notebooks on a small sample: ``python docs/derived/run_notebooks.py [FOLDER]``.

Used by ``make site``, whose pages show the outputs, and by the tests. FairFace is used where
GENDERLENS_DATA_DIR names it and the caller leaves that in the environment; ``make site`` does not.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any, Final

import nbformat
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

NOTEBOOKS: Final = Path(__file__).parents[2] / "notebooks"
_TINY: Final = [
    "data.store_px=64",
    "input.size_px=48",
    "phases=[{epochs: 1}]",
    "optim.batch_size=16",
    "data.calibration_fraction=0.2",
]
SMALL: Final[dict[str, dict[str, Any]]] = {
    "1-explore": {"PICTURES": 200},
    "2-train": {
        "PICTURES": 200,
        "OVERRIDES": [*_TINY, "model.options.channels=[16, 24, 32, 48]"],
        "TRANSFER_OVERRIDES": [*_TINY, "phases=[{epochs: 1, train: head}, {epochs: 1}]"],
        "OUT": "work/run",
    },
    "3-compare": {
        "PICTURES": 120,
        "EPOCHS": 1,
        "NARROW": [8, 8, 16, 16],
        "WIDE": [16, 16, 24, 24],
        "RATES": [0.05],
    },
    "4-evaluate": {"PICTURES": 100, "SMALLEST": 10},
    "5-serve": {"BESIDE": [], "ROUNDS": 5},
    "6-library": {"FACES": "largest"},
}
"""Notebook → parameters that make it small."""


def run_notebook(name: str, folder: Path, timeout_s: int = 300) -> nbformat.NotebookNode:
    """The notebook with outputs, run in the folder; CellExecutionError where a cell fails."""
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    place = next(
        index for index, cell in enumerate(notebook.cells)
        if "parameters" in cell.metadata.get("tags", ())
    )  # fmt: skip
    lines = "\n".join(f"{key} = {value!r}" for key, value in SMALL[name].items())
    cell = new_code_cell(lines, metadata={"tags": ["injected"]})
    notebook.cells.insert(place + 1, cell)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(NOTEBOOKS / "pictures.py", folder)
    context = {"metadata": {"path": str(folder)}}
    client = NotebookClient(notebook, timeout=timeout_s, kernel_name="python3", resources=context)
    client.execute()
    return notebook


def main() -> None:
    """Run all, one after the other, in one folder: the last one takes what the second trained."""
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "build/notebooks")
    os.environ.pop("GENDERLENS_DATA_DIR", None)
    for name in SMALL:
        notebook = run_notebook(name, out)
        nbformat.write(notebook, out / f"{name}.ipynb")
        sys.stdout.write(f"ran {name}\n")


if __name__ == "__main__":
    main()
