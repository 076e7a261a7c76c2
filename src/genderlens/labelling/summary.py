"""What a job came to: counts, and how fast this run was."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from genderlens.labelling.job import LabellingJob
from genderlens.labelling.outputs.fingerprints import write_duplicates
from genderlens.labelling.outputs.report import render_report
from genderlens.labelling.plan import BY_SOURCE, ShardPlan
from genderlens.labelling.progress import read_progress, sum_seconds
from genderlens.labelling.shard_state import ShardPaths, iterate_tallies
from genderlens.labelling.tally import Tally, sum_tallies
from genderlens.storage import write_bytes_atomically
from genderlens.types import Outcome

GUESSES: Final = "guesses of the model, which are no labels"


@dataclass(frozen=True)
class Summary:
    """``fresh`` pictures were labelled by this run in ``elapsed_s``, the others by earlier ones.

    ``distinct`` counts near duplicates once, by outcome; None where nobody looked for them.
    ``redone`` holds what differed from an earlier run, whose labels were made again.
    """

    plan: ShardPlan
    tally: Tally
    fresh: int
    elapsed_s: float
    seconds: dict[str, float]
    distinct: dict[str, int] | None
    redone: tuple[str, ...]
    crops_sorted_by: str = ""
    """Empty where no crops were asked for."""

    @property
    def unreadable(self) -> int:
        """Pictures that could not be read."""
        return self.tally.outcomes[Outcome.UNREADABLE.value]

    @property
    def pictures_per_s(self) -> float | None:
        """Of this run; None where everything was done already."""
        return round(self.fresh / self.elapsed_s, 2) if self.fresh and self.elapsed_s else None

    def lasting(self) -> dict[str, Any]:
        """What does not depend on how often the job was interrupted, as JSON."""
        plan = {"pictures": self.plan.pictures, "shards": len(self.plan)}
        counts = self.tally.to_dict()
        distinct = {} if self.distinct is None else {"distinct": self.distinct}
        crops = {"crops_sorted_by": self.crops_sorted_by} if self.crops_sorted_by else {}
        return {"source": self.plan.source, **counts, **plan, **self._found(), **distinct, **crops}

    def _found(self) -> dict[str, Any]:
        """What lay in the source, whether it was read or not."""
        passed_over = sum(self.plan.passed_over.values())
        return {
            "found": self.plan.pictures + passed_over,
            "read": self.plan.pictures - self.unreadable,
            "refused": self.unreadable,
            "passed_over": passed_over,
            "passed_over_reasons": dict(self.plan.passed_over),
        }

    def to_dict(self) -> dict[str, Any]:
        """Everything, as JSON."""
        run = {"fresh": self.fresh, "pictures_per_s": self.pictures_per_s}
        return {**self.lasting(), **run, "seconds": self.seconds, "redone": bool(self.redone)}


def summarize(
    job: LabellingJob,
    plan: ShardPlan,
    fresh: int,
    elapsed_s: float,
    *,
    redone: tuple[str, ...] = (),
) -> Summary:
    """Add up what the shards' sidecars tell, and find near duplicates where that was asked for."""
    tally = sum_tallies(iterate_tallies(job, plan))
    paths = [ShardPaths(job, number) for number in range(len(plan))]
    seconds = sum_seconds(read_progress(path.progress) for path in paths)
    distinct = None
    if job.fingerprints:
        distinct = write_duplicates([p.looks for p in paths], job.out / "duplicates.parquet")
    crops = "" if job.crops is None else plan.crops
    if crops not in ("", BY_SOURCE):
        crops = f"{GUESSES} ({crops})"
    return Summary(plan, tally, fresh, elapsed_s, seconds, distinct, redone, crops)


def write_summary(job: LabellingJob, summary: Summary) -> None:
    """``summary.json`` and ``report.html``."""
    document = json.dumps(summary.lasting(), indent=2) + "\n"
    write_bytes_atomically(job.out / "summary.json", document.encode())
    report = render_report(job, summary.to_dict())
    write_bytes_atomically(job.out / "report.html", report.encode("utf-8", "replace"))
