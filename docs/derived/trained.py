"""What sweeps and trainings found, as tables for docs/benchmarks.md and the guide to own data."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

_HEADING = (
    "| what | accuracy | F1 | ROC-AUC | worst race group | weights, MB | ms a picture | training |"
)

_STARTS = {"default": "from the shipped model", "imagenet": "from ImageNet", "none": "from nothing"}
_SWEPT = "small-data"
"""The row of the sweep that learnt all portraits from nothing."""
STARTS = re.compile(r"(<!-- starts -->\n).*?(<!-- end of starts -->)", re.DOTALL)


def trained(folder: Path) -> str:
    """The tables of the sweeps over faces and over portraits; ``folder`` holds their figures."""
    faces, pretrained, portraits = (
        _read(folder / f"sweep_{name}.json")
        for name in ("architectures", "pretrained", "portraits")
    )
    return "\n".join([
        "Every architecture from scratch on FairFace, for as long as a CPU allows: none of the "
        "large ones is near its end, so this says what each gives for little, not what it can do "
        f"({faces['date']}, {faces['machine']}; `genderlens sweep architectures` on one core). "
        "Scores on its validation part; time a picture in PyTorch, float32, one thread.",
        "",
        _HEADING,
        "|---|--:|--:|--:|--:|--:|--:|--:|",
        *(_line(row) for row in faces["rows"]),
        "",
        "What ImageNet weights are worth to one of them in a training as short "
        f"({pretrained['date']}, {pretrained['machine']}, beside other work, so that minutes tell "
        "little; `genderlens sweep pretrained`):",
        "",
        _HEADING,
        "|---|--:|--:|--:|--:|--:|--:|--:|",
        *(_line(row) for row in pretrained["rows"]),
        "",
        "From 2,866 CelebA portraits, no pretraining, judged on the 750 test portraits of the "
        f"reference system, whose own best of twelve is 93.20 % ({portraits['date']}, "
        f"{portraits['machine']}; `genderlens sweep portraits`):",
        "",
        _HEADING.replace(" worst race group |", ""),
        "|---|--:|--:|--:|--:|--:|--:|",
        *(_line(row, worst=False) for row in portraits["rows"]),
        "",
        "A hundred, three hundred (half of each label, drawn at random) and all of them, from "
        "three starts, with 95 % intervals (`benchmarks/starts.py`; all from nothing: as above):",
        "",
        *_starts(folder, intervals=True),
    ])  # fmt: skip


def starts(text: str, *, folder: Path) -> str:
    """A page with the table of starts written anew."""
    table = "\n".join(_starts(folder, intervals=False))
    return STARTS.sub(lambda match: f"{match[1]}{table}\n\n{match[2]}", text)


def _starts(folder: Path, *, intervals: bool) -> list[str]:
    """A row for each number of portraits, a column for each start."""
    cells = {
        (row["portraits"], row["start"]): _share(row["accuracy"], intervals=intervals)
        for row in _read(folder / "starts.json")["rows"]
    }
    (swept,) = (
        row for row in _read(folder / "sweep_portraits.json")["rows"] if row["label"] == _SWEPT
    )
    sizes = sorted({portraits for portraits, _ in cells})
    cells.setdefault((sizes[-1], "none"), f"{swept['accuracy']:.1%}")
    lines = [
        " | ".join([f"| {size:,}", *(cells.get((size, start), "–") for start in _STARTS), ""])
        for size in sizes
    ]
    heading = " | ".join(["| portraits", *_STARTS.values(), ""])
    return [heading.rstrip(), "|--:|--:|--:|--:|", *(line.rstrip() for line in lines)]


def _share(accuracy: dict[str, float], *, intervals: bool) -> str:
    low, high = (f"{accuracy[end]:.1%}" for end in ("low", "high"))
    return f"{accuracy['value']:.1%}" + (f" ({low} – {high})" if intervals else "")


def _line(row: dict[str, Any], *, worst: bool = True) -> str:
    if row["state"] != "finished":
        return f"| {row['label']} | not trained here |{' |' * (6 if worst else 5)}"
    weakest = [f"{row['worst']:.1%} ({row['worst_group']})"] if worst else []
    cells = [
        row["label"],
        f"{row['accuracy']:.1%}",
        f"{row['f1']:.3f}",
        f"{row['roc_auc']:.3f}",
        *weakest,
        f"{row['megabytes']:.1f}",
        "–" if row["inference_ms"] is None else f"{row['inference_ms']:.1f}",
        f"{row['training_s'] / 60:.0f} min",
    ]
    return f"| {' | '.join(cells)} |"


def _read(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return data
