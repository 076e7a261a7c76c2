"""The report of a finished run: its answers on pictures that taught nothing, judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from genderlens.evaluation.assessment import assess
from genderlens.evaluation.columns import read_columns
from genderlens.evaluation.judging import judge_rows
from genderlens.evaluation.report.report_folder import PAGE, start_folder, write_evaluation
from genderlens.heads import Head
from genderlens.heads.default import GENDER
from genderlens.run_folder import RunFolder
from genderlens.types import Estimate

FOLDER: Final = "report"
_JUDGED: Final = ("val", "test", "calibration")
"""The first of these splits that a run has is judged."""


@dataclass(frozen=True, slots=True)
class RunReport:
    """What ``genderlens train`` says at its end."""

    page: Path
    split: str
    pictures: int
    accuracy: Estimate
    head: Head

    def lines(self) -> list[str]:
        """Accuracy, where the report lies, and a warning where the run learned nothing."""
        measured, name = self.accuracy, f"split {self.split}"
        lines = [
            f"accuracy {measured.value:.1%} ({measured.low:.1%} – {measured.high:.1%}) on the "
            f"{self.pictures:,} pictures of {name}, each taken as a face crop",
            f"report: {self.page}",
        ]
        if measured.low <= 1.0 / len(self.head.labels):
            teach = ', or let the shipped model teach: --set "teacher=[default]"'
            lines.append(
                "no better than guessing, as far as so many pictures tell: add pictures, train "
                f"longer{teach if self.head == GENDER else ''}"
            )
        return lines


def write_run_report(run: RunFolder) -> RunReport:
    """Judge the stored predictions of a finished run and write ``report/`` into it."""
    run.require_finished()
    split = next(name for name in _JUDGED if run.predictions(name).is_file())
    table, manifest = read_columns(run.predictions(split), ()), run.manifest().select(split)
    rows = judge_rows(table, manifest=manifest)
    facts = {
        "model": run.path.resolve().name,
        "data": ", ".join(sorted(filter(None, manifest.counts("source")))),
        "manifest_sha256": manifest.fingerprint(),
        "split": split,
        "faces": "cropped",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
    }
    assessment, out = assess(rows, facts=facts), run.path / FOLDER
    start_folder(out, table)
    write_evaluation(out, assessment, rows, table)
    return RunReport(out / PAGE, split, len(rows), assessment.metrics["accuracy"], rows.head)
