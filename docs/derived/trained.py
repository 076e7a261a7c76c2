"""What the sweeps found, as tables for docs/benchmarks.md."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_HEADING = (
    "| what | accuracy | F1 | ROC-AUC | worst race group | weights, MB | ms a picture | training |"
)


def trained(folder: Path) -> str:
    """The tables of the sweeps over faces and over portraits; ``folder`` holds their figures."""
    faces, portraits = (_read(folder / f"sweep_{n}.json") for n in ("architectures", "portraits"))
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
        "From 2,866 CelebA portraits, no pretraining, judged on the 750 test portraits of the "
        f"reference system, whose own best of twelve is 93.20 % ({portraits['date']}, "
        f"{portraits['machine']}; `genderlens sweep portraits`):",
        "",
        _HEADING.replace(" worst race group |", ""),
        "|---|--:|--:|--:|--:|--:|--:|",
        *(_line(row, worst=False) for row in portraits["rows"]),
    ])  # fmt: skip


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
        f"{row['inference_ms']:.1f}",
        f"{row['training_s'] / 60:.0f} min",
    ]
    return f"| {' | '.join(cells)} |"


def _read(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return data
