"""The layers as a drawing, from the contract that the import linter holds."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

_MARKED = re.compile(r"(<!-- layers -->\n).*?(<!-- end of layers -->)", re.DOTALL)
_CONTRACT = "layers point downwards"


def layers(text: str, root: Path) -> str:
    """A page with its drawing of the layers written anew; ``root`` holds ``pyproject.toml``."""
    settings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (contract,) = (one for one in contracts if one["name"] == _CONTRACT)
    rows = ["| layer | rooms |", "|--:|---|"]
    for number, layer in enumerate(contract["layers"], 1):
        names = (name.strip() for name in re.split(r"[|:]", layer))
        rows.append(f"| {number} | {' · '.join(f'`{name}`' for name in names)} |")
    drawing = "\n".join(rows)
    return _MARKED.sub(lambda match: f"{match[1]}{drawing}\n\n{match[2]}", text)
