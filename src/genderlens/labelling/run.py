"""A whole run: plan, label what is not done yet, and write the files that people asked for."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from tqdm import tqdm

from genderlens.data.sources.skipped import SkippedItems
from genderlens.files.drafts import clear_drafts
from genderlens.labelling.engines import load_engine
from genderlens.labelling.formats import load_writer
from genderlens.labelling.guard import only_run, require_apart, start_job
from genderlens.labelling.inputs.source_labels import read_source_labels
from genderlens.labelling.inputs.sources import iterate_items
from genderlens.labelling.job import LabellingJob
from genderlens.labelling.outputs.crops import write_facts
from genderlens.labelling.plan import BY_SOURCE, ShardPlan, read_plan, write_plan
from genderlens.labelling.progress import describe_stages, read_progress, sum_seconds
from genderlens.labelling.shard_state import ShardPaths, is_done, remove_strangers
from genderlens.labelling.status import write_start
from genderlens.labelling.summary import Summary, summarize, write_summary

_SHOWN_AFTER_S: Final = 1.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunOptions:
    """What changes neither a label nor its place: engine, workers, formats, whether to tell."""

    engine: str = "local"
    workers: int | None = None
    formats: tuple[str, ...] = ("parquet",)
    progress: bool = True


def run_job(job: LabellingJob, options: RunOptions) -> Summary:
    """Label everything that is not done yet, then write summary, report and formats.

    Raises SettingsError for a folder or a format that cannot work, SourceNotFoundError where
    nothing is to be labelled, LabellingError where the run had to stop and can go on.
    """
    engine = load_engine(options.engine)
    for name in options.formats:
        load_writer(name)
    require_apart(job)
    with only_run(job):
        _clear_state(job)
        redone = start_job(job)
        if redone:
            _log.warning(
                "labels of an earlier run in %s are made again, for these differ: %s",
                job.out,
                "; ".join(redone),
            )
        plan = make_plan(job, progress=options.progress)
        remove_strangers(job, plan)
        todo = [number for number in range(len(plan)) if not is_done(job, plan, number)]
        started = time.monotonic()
        fresh = sum(plan.size(number) for number in todo)
        if todo:
            write_start(job, plan.pictures - fresh)
            with _watching(job, plan, todo, shown=options.progress) as advance:
                for finished in engine(job, plan, todo, options.workers):
                    advance(finished)
        write_facts(job, plan)
        summary = summarize(job, plan, fresh, time.monotonic() - started, redone=redone)
        write_summary(job, summary)
        for name in options.formats:
            load_writer(name)(job, plan)
    return summary


def make_plan(job: LabellingJob, *, progress: bool = True) -> ShardPlan:
    """The plan of the job, written now unless it lies there already."""
    folder = job.state / "plan"
    plan = read_plan(folder)
    if plan is not None and plan.serves(job):
        return plan
    skipped = SkippedItems()
    if plan is None:
        items = iterate_items(job.source, trusted=job.trusted, skipped=skipped)
    else:  # the same pictures, of which it is not known yet where their crops go
        items = (item for number in range(len(plan)) for item in plan.items(number))
        skipped.reasons.update(plan.passed_over)
    crops: dict[str, Any] = {}
    if job.crops is not None:
        labels = read_source_labels(job)
        items = labels.assign(items)
        crops = {
            "crops": labels.lacking or BY_SOURCE,
            "words": job.words,
            "head": job.head.to_dict(),
        }
    written = write_plan(items, folder, job.source, job.shard_size, skipped, **crops)
    _drain(written, progress=progress)
    plan = read_plan(folder)
    assert plan is not None
    return plan


def count_items(job: LabellingJob) -> tuple[int, int, SkippedItems]:
    """How many pictures a job would have, how many are refused unopened, and what is none."""
    pictures, refused, skipped = 0, 0, SkippedItems()
    for item in iterate_items(job.source, trusted=job.trusted, skipped=skipped):
        pictures += 1
        refused += bool(item.refusal)
    return pictures, refused, skipped


def _drain(sizes: Iterator[int], *, progress: bool) -> None:
    bar = tqdm(desc="planning", unit=" pictures", delay=_SHOWN_AFTER_S, disable=not progress)
    with bar:
        for size in sizes:
            bar.update(size)


def _clear_state(job: LabellingJob) -> None:
    """Remove drafts of killed runs; only for who holds the lock of the job."""
    for folder in (job.out, job.state, *job.state.glob("*/")):
        clear_drafts(folder, alone=True)


@contextmanager
def _watching(
    job: LabellingJob, plan: ShardPlan, todo: Sequence[int], *, shown: bool
) -> Iterator[Any]:
    """A bar over all pictures, with the share of time that each stage takes."""
    fresh = sum(plan.size(number) for number in todo)
    for number in todo:
        ShardPaths(job, number).progress.unlink(missing_ok=True)
    bar = tqdm(
        total=plan.pictures,
        initial=plan.pictures - fresh,
        desc="labelling",
        unit=" pictures",
        delay=_SHOWN_AFTER_S,
        disable=not shown,
    )
    # Only shards begun have a file, and finished ones no longer change.
    watch = _Watch(job, list(todo))

    def advance(_: int) -> None:
        done, seconds = watch.look()
        bar.set_postfix_str(describe_stages(seconds), refresh=False)
        bar.update(plan.pictures - fresh + done - bar.n)

    with bar:
        yield advance
        advance(0)


class _Watch:
    """Adds up the progress files, each finished one read once more only."""

    def __init__(self, job: LabellingJob, numbers: list[int]) -> None:
        self._job, self._open = job, numbers
        self._done, self._closed = 0, list[dict[str, Any]]()

    def look(self) -> tuple[int, dict[str, float]]:
        """Pictures done and seconds by stage."""
        running, still = list[dict[str, Any]](), list[int]()
        for number in self._open:
            document = read_progress(ShardPaths(self._job, number).progress)
            if document["total"] and document["done"] == document["total"]:
                self._closed.append(document)
            else:
                running.append(document)
                still.append(number)
        self._open = still
        self._closed = [_merge(self._closed)] if self._closed else []
        documents = [*self._closed, *running]
        return sum(d["done"] for d in documents), sum_seconds(documents)


def _merge(documents: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"done": sum(d["done"] for d in documents), "seconds": sum_seconds(documents)}
