"""What is done: a shard's data is written first, its sidecar last, and the sidecar decides."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genderlens.labelling.job import LabellingJob
from genderlens.labelling.plan import ShardPlan
from genderlens.storage import write_bytes_atomically


@dataclass(frozen=True)
class ShardPaths:
    """Where everything of one shard lies."""

    job: LabellingJob
    number: int

    @property
    def name(self) -> str:
        return f"{self.number:05d}"

    @property
    def table(self) -> Path:
        """Its rows of the predictions table."""
        return self.job.out / "shards" / f"{self.name}.parquet"

    @property
    def looks(self) -> Path:
        """What near duplicates are found by."""
        return self.job.state / "looks" / f"{self.name}.parquet"

    @property
    def crops(self) -> Path:
        """The names of the crops that were written, where they lie among those of other shards."""
        return self.job.state / "crops" / f"{self.name}.txt"

    @property
    def sidecar(self) -> Path:
        """What tells that everything else is there and whole."""
        return self.job.state / "done" / f"{self.name}.json"

    @property
    def progress(self) -> Path:
        """How far it is; for people only."""
        return self.job.state / "progress" / f"{self.name}.json"


def shard_key(job: LabellingJob, plan_key: str) -> str:
    """Agrees where pictures, bundle and settings are the same."""
    return f"{plan_key}:{job.key()}"


def is_done(job: LabellingJob, plan: ShardPlan, number: int) -> bool:
    """Whether the sidecar stands, agrees with plan and job, and the data has its size."""
    paths = ShardPaths(job, number)
    try:
        tally = json.loads(paths.sidecar.read_text("utf-8"))
        size = paths.table.stat().st_size
    except (OSError, ValueError):
        return False
    return bool(
        tally["key"] == shard_key(job, plan.keys[number])
        and tally["bytes"] == size
        and (not job.fingerprints or paths.looks.exists())
    )


def start_shard(paths: ShardPaths) -> None:
    """From now on the shard is not done, whatever lies there from before."""
    paths.sidecar.unlink(missing_ok=True)


def finish_shard(paths: ShardPaths, tally: dict[str, Any], key: str) -> None:
    """Write the sidecar; everything else must be there already."""
    document = {**tally, "key": key, "bytes": paths.table.stat().st_size}
    write_bytes_atomically(paths.sidecar, (json.dumps(document) + "\n").encode())


def iterate_tallies(job: LabellingJob, plan: ShardPlan) -> Iterator[dict[str, Any]]:
    """The sidecar of every shard, in order."""
    for number in range(len(plan)):
        yield json.loads(ShardPaths(job, number).sidecar.read_text("utf-8"))


def remove_strangers(job: LabellingJob, plan: ShardPlan) -> None:
    """Shards of an earlier, longer plan are no part of the output."""
    for folder in (job.out / "shards", job.state / "done", job.state / "looks"):
        for path in folder.glob("*.*") if folder.is_dir() else ():
            if path.stem.isdecimal() and int(path.stem) >= len(plan):
                path.unlink()
