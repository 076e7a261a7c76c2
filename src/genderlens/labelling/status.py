"""How far a job is, read from its folder: from any terminal, while it runs or after it stopped."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from genderlens.errors import SourceNotFoundError
from genderlens.labelling.guard import is_running
from genderlens.labelling.job import LabellingJob
from genderlens.labelling.plan import read_plan
from genderlens.labelling.progress import read_progress, sum_seconds
from genderlens.storage import write_bytes_atomically


@dataclass(frozen=True)
class Status:
    """``pictures`` is None while the plan is being written; rate and time only of a running job."""

    running: bool
    pictures: int | None
    done: int
    shards: int
    shards_done: int
    pictures_per_s: float | None
    remaining_s: float | None
    seconds: dict[str, float]

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def write_start(job: LabellingJob, done: int) -> None:
    """Note when this run began and what was done before it."""
    document = json.dumps({"time": time.time(), "done": done})
    write_bytes_atomically(job.state / "run.json", document.encode())


def read_status(out: Path) -> Status:
    """The state of the job in a folder; SourceNotFoundError where there is none."""
    state = out / "state"
    if not (state / "job.json").is_file():
        raise SourceNotFoundError(f"no labelling job is in {out}; give the folder of --out")
    plan, running = read_plan(state / "plan"), is_running(out)
    if plan is None:
        planned = len(list((state / "plan").glob("*.parquet")))
        return Status(running, None, 0, planned, 0, None, None, {})
    finished = {int(path.stem) for path in (state / "done").glob("*.json")}
    documents = {
        number: read_progress(state / "progress" / f"{number:05d}.json")
        for number in range(len(plan))
    }
    # A shard that was interrupted begins again, so its part counts only while somebody works on it.
    done = sum(
        plan.size(number) if number in finished else document["done"] * running
        for number, document in documents.items()
    )
    rate = _rate(state, done) if running else None
    remaining = round((plan.pictures - done) / rate, 1) if rate else None
    seconds = sum_seconds(documents.values())
    return Status(running, plan.pictures, done, len(plan), len(finished), rate, remaining, seconds)


def _rate(state: Path, done: int) -> float | None:
    try:
        begin = json.loads((state / "run.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    elapsed = time.time() - begin["time"]
    return round((done - begin["done"]) / elapsed, 2) if elapsed > 0 else None
