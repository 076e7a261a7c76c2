"""What test-time augmentation gains and costs: accuracy and time of every variant, side by side.

Run ``python benchmarks/tta.py``; ``GENDERLENS_MODEL=A,B`` measures an ensemble. Needs
``GENDERLENS_DATA_DIR`` or ``../shared/data`` (see CONTRIBUTING.md). Writes
``docs/figures/tta.json`` and prints a table.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table
from tqdm import tqdm

from common import data_folder, machine
from genderlens.data.images import iterate_image_bytes
from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source
from genderlens.evaluation.groups import Scores
from genderlens.inference.predictor import Predictor, create_predictor
from genderlens.inference.tta import VIEWS
from genderlens.predictions import predictions_table
from genderlens.settings import load_settings
from genderlens.types import TTA, Prediction, Tta

OUT = Path(__file__).parents[1] / "docs" / "figures" / "tta.json"


def measure(predictors: dict[Tta, Predictor], manifest: Manifest) -> dict[Tta, dict[str, Any]]:
    """A row for each variant; they take turns on every picture, so that all meet the same load."""
    answers: dict[Tta, list[Prediction]] = {name: [] for name in predictors}
    for content in tqdm(iterate_image_bytes(manifest), total=len(manifest), desc="variants"):
        for name, predictor in predictors.items():
            answers[name] += predictor.predict([content], faces="cropped")
    plain = _scores(manifest, answers["off"])
    return {name: _row(name, plain, manifest, found) for name, found in answers.items()}


def _scores(manifest: Manifest, answers: Sequence[Prediction]) -> Scores:
    return Scores(predictions_table(manifest.uris, manifest.labels, answers))


def _row(
    name: Tta, plain: Scores, manifest: Manifest, answers: Sequence[Prediction]
) -> dict[str, Any]:
    scores = _scores(manifest, answers)
    return {
        "views": len(VIEWS[name]),
        "accuracy": asdict(scores.accuracy()),
        "mended": int((scores.right & ~plain.right).sum()),
        "spoilt": int((plain.right & ~scores.right).sum()),
        **scores.metrics(),
        "classify_ms_median": median(answer.timings_ms["classify"] for answer in answers),
    }


def main() -> None:
    manifest = read_source(str(data_folder() / "fairface")).select("val")
    predictors = {name: create_predictor(load_settings(tta=name)) for name in TTA}
    rows = measure(predictors, manifest)
    document = {
        "model": predictors["off"].version,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine(),
        "data": "FairFace validation, face crops as they are",
        "pictures": len(manifest),
        "variants": rows,
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(document, indent=2) + "\n", "utf-8")
    header = ("tta", "views", "right", "95 %", "mended, spoilt", "ROC", "ECE", "classify")
    table = Table(*header, title="gain and cost against plain")
    plain = rows["off"]["classify_ms_median"]
    for name, row in rows.items():
        share, cost = row["accuracy"], row["classify_ms_median"]
        table.add_row(
            name,
            str(row["views"]),
            f"{share['value']:.2%}",
            f"{share['low']:.2%} – {share['high']:.2%}",
            f"{row['mended']}, {row['spoilt']}",
            f"{row['auroc']:.4f}",
            f"{row['ece']:.4f}",
            f"{cost:.1f} ms ({cost / plain:.1f}×)",
        )
    Console().print(table)


if __name__ == "__main__":
    main()
