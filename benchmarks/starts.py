"""What the start of a training is worth, as figures for the documents.

Train the same portraits from the shipped model, from ImageNet and from nothing, such as
``genderlens train small-data-imagenet --set model.pretrained=default --data MANIFEST --out RUN``;
then run ``python benchmarks/starts.py RUN...``. Writes ``docs/figures/starts.json``: how many of
each run's test portraits are right, forced choice, with how it was trained. The portraits from
nothing that a sweep trained already stand in ``sweep_portraits.json``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from genderlens.evaluation.figures.metrics import proportion
from genderlens.evaluation.judging import judge_rows
from genderlens.run_folder import RunFolder
from trainings import OUT, machine_of, read

_TAUGHT = ("train", "calibration")


def measure(run: RunFolder) -> dict[str, Any]:
    """One row: portraits, start, share of the test portraits that are right, and the training."""
    recipe, facts = run.recipe(), run.read("run.json")
    rows = judge_rows(pq.read_table(run.predictions("test")))
    right = proportion(int(rows.right.sum()), len(rows.right))
    return {
        "portraits": sum(split in _TAUGHT for split in run.manifest().column("split")),
        "start": Path(recipe.model.pretrained).name,
        "recipe": recipe.name,
        "size_px": recipe.input.size_px,
        "epochs": facts["epochs"],
        "test_portraits": len(rows.right),
        "accuracy": {"value": right.value, "low": right.low, "high": right.high},
        "training_s": facts["training_s"],
        "date": facts["finished"][:10],
        "machine": machine_of(read(run.path / "environment.json")),
    }


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit("give the run folders of finished trainings")
    rows = [measure(RunFolder(Path(folder))) for folder in sys.argv[1:]]
    rows.sort(key=lambda row: (row["portraits"], row["start"]))
    (OUT / "starts.json").write_text(json.dumps({"rows": rows}, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
