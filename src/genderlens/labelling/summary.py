"""What a job came to: counts, and how fast this run was."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from genderlens.labelling.job import Job
from genderlens.labelling.ledger import ShardPaths, iterate_tallies
from genderlens.labelling.looks import write_duplicates
from genderlens.labelling.plan import Plan
from genderlens.labelling.progress import read_progress, sum_seconds
from genderlens.labelling.report import render_report
from genderlens.labelling.tally import Tally, sum_tallies
from genderlens.storage import write_bytes_atomically
from genderlens.types import Outcome


@dataclass(frozen=True)
class Summary:
    """``fresh`` pictures were labelled by this run in ``elapsed_s``, the others by earlier ones.

    ``distinct`` counts near duplicates once, by outcome; None where nobody looked for them.
    ``redone`` holds what differed from an earlier run, whose labels were made again.
    """

    plan: Plan
    tally: Tally
    fresh: int
    elapsed_s: float
    seconds: dict[str, float]
    distinct: dict[str, int] | None
    redone: tuple[str, ...]

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
        return {"source": self.plan.source, **counts, **plan, **distinct}

    def to_dict(self) -> dict[str, Any]:
        """Everything, as JSON."""
        run = {"fresh": self.fresh, "pictures_per_s": self.pictures_per_s}
        return {**self.lasting(), **run, "seconds": self.seconds, "redone": bool(self.redone)}


def summarize(
    job: Job, plan: Plan, fresh: int, elapsed_s: float, *, redone: tuple[str, ...] = ()
) -> Summary:
    """Add up what the shards' sidecars tell, and find near duplicates where that was asked for."""
    tally = sum_tallies(iterate_tallies(job, plan))
    paths = [ShardPaths(job, number) for number in range(len(plan))]
    seconds = sum_seconds(read_progress(path.progress) for path in paths)
    distinct = None
    if job.fingerprints:
        distinct = write_duplicates([p.looks for p in paths], job.out / "duplicates.parquet")
    return Summary(plan, tally, fresh, elapsed_s, seconds, distinct, redone)


def write_summary(job: Job, summary: Summary) -> None:
    """``summary.json`` and ``report.html``."""
    document = json.dumps(summary.lasting(), indent=2) + "\n"
    write_bytes_atomically(job.out / "summary.json", document.encode())
    report = render_report(job, summary.to_dict())
    write_bytes_atomically(job.out / "report.html", report.encode("utf-8", "replace"))
