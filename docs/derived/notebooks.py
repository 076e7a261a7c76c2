"""Notebooks as pages: with what they showed where ``make site`` ran them, else without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import nbformat
from nbconvert import MarkdownExporter

EXECUTED: Final = Path(__file__).parents[2] / "build" / "notebooks"
_NOTE: Final = """
!!! note "{title}"
    {text} The notebook itself is `notebooks/{name}.ipynb`.
"""
_SHOWN: Final = (
    "Run by `make site` on a stand-in of two faces, so its figures say nothing about people."
)
_BARE: Final = "Shown without its outputs; `make site` runs it first."


def render_notebook(path: Path) -> Iterator[tuple[str, str | bytes]]:
    """(file name, content) of the page and of every picture on it."""
    executed = EXECUTED / path.name
    shown = executed.is_file() and _same_cells(path, executed)
    notebook = nbformat.read(executed if shown else path, as_version=4)
    for cell in notebook.cells:
        cell.get("outputs", [])[:] = [
            o for o in cell.get("outputs", []) if o.get("name") != "stderr"
        ]
    resources = {"output_files_dir": f"{path.stem}-pictures", "unique_key": path.stem}
    text, found = MarkdownExporter().from_notebook_node(notebook, resources)
    head, _, rest = text.partition("\n")
    note = _NOTE.format(title="Notebook", text=_SHOWN if shown else _BARE, name=path.stem)
    yield f"{path.stem}.md", f"{head}\n{note}{rest}"
    yield from found["outputs"].items()


def _same_cells(path: Path, executed: Path) -> bool:
    """Whether the executed copy is of this very notebook; parameters of the run aside."""
    ours, theirs = (nbformat.read(file, as_version=4) for file in (path, executed))
    injected = [c.source for c in theirs.cells if "injected" not in c.metadata.get("tags", ())]
    return [c.source for c in ours.cells] == injected
