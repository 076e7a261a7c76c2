"""Accuracy of the shipped bundle on labelled photographs: what docs/benchmarks.md quotes.

Run ``make figures``. Needs ``GENDERLENS_DATA_DIR`` or ``../shared/data`` (see CONTRIBUTING.md).
Writes ``docs/figures/accuracy.json`` and prints a table.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from common import data_folder, machine, people_counts
from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source
from genderlens.evaluation.figures.counts import count_answers, count_shares
from genderlens.evaluation.judging import judge_rows
from genderlens.inference.predictor import Predictor, create_predictor
from genderlens.inference.table import predict_manifest
from genderlens.settings import load_settings
from genderlens.types import FacePolicy
from nobody import measure_nobody

OUT = Path(__file__).parents[1] / "docs" / "figures" / "accuracy.json"


def measure(predictor: Predictor, manifest: Manifest, faces: FacePolicy) -> dict[str, object]:
    """Outcomes and accuracies, the uncertain ones counted apart."""
    table = predict_manifest(predictor, manifest, faces=faces)
    rows = judge_rows(table)
    shares = count_shares(count_answers(rows), rows.head)
    outcomes = Counter(table.column("outcome").to_pylist())
    return {
        "pictures": len(manifest),
        "faces": faces,
        "outcomes": dict(outcomes),
        "accuracy_classified": asdict(shares["accuracy_when_certain"]),
        "accuracy_answered": asdict(shares["accuracy"]),
        "refused": asdict(shares["refusal_rate"]),
        "abstained": asdict(shares["abstention_rate"]),
    }


def coco_outcomes(predictor: Predictor, folder: Path) -> dict[str, dict[str, int]]:
    """Outcomes of everyday photographs by the number of people in them."""
    counts: dict[str, Counter[str]] = {"none": Counter(), "one": Counter(), "several": Counter()}
    for people, path in people_counts(folder):
        key = "none" if people == 0 else "one" if people == 1 else "several"
        counts[key][predictor.predict([path.read_bytes()])[0].outcome.value] += 1
    return {key: dict(counter) for key, counter in counts.items()}


def main() -> None:
    data = data_folder()
    predictor = create_predictor(load_settings())
    fairface = read_source(str(data / "fairface")).select("val")
    celeba = read_source(str(data / "celeba")).select("test")
    result: dict[str, object] = {
        "model": predictor.bundle.version,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine(),
        "fairface_validation_cropped": measure(predictor, fairface, "cropped"),
        "fairface_validation_detected": measure(predictor, fairface, "largest"),
        "celeba_test_detected": measure(predictor, celeba, "single"),
        "coco_outcomes": coco_outcomes(predictor, data / "coco"),
        "nobody": measure_nobody(data, load_settings()),
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    table = Table("data", "classified right", "uncertain", "refused", title=str(result["model"]))
    for name, row in result.items():
        if isinstance(row, dict) and "refused" in row:
            shares = (row["accuracy_classified"], row["abstained"], row["refused"])
            table.add_row(name, *(f"{share['value']:.2%}" for share in shares))
    Console().print(table, result["coco_outcomes"])


if __name__ == "__main__":
    main()
