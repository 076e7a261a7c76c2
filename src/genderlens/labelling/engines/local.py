"""Processes on this machine, one for each usable CPU; each uses one thread for its models."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait as wait_for_end
from multiprocessing.synchronize import Event
from typing import Final

from genderlens.cpus import usable_cpus
from genderlens.errors import LabellingError, MissingExtraError
from genderlens.graphs.golden import be_silent, tell
from genderlens.labelling.engines import graph_notices, worker_predictor
from genderlens.labelling.job import LabellingJob
from genderlens.labelling.plan import ShardPlan
from genderlens.labelling.shard import label_shard

_TELL_S: Final = 0.5
_stop: Event | None = None
"""Of a worker process: set when it is to leave its shard."""


def run_shards(
    job: LabellingJob, plan: ShardPlan, numbers: Sequence[int], workers: int | None
) -> Iterator[int]:
    """See Engine."""
    context = multiprocessing.get_context("spawn")  # threads of ONNX Runtime do not survive a fork
    stop = context.Event()
    count = min(workers or usable_cpus(), len(numbers))
    with ProcessPoolExecutor(count, context, _start_worker, (stop,)) as pool:
        try:
            waiting = {pool.submit(_label, job, plan, number) for number in numbers}
            while waiting:
                done, waiting = wait(waiting, _TELL_S, FIRST_COMPLETED)
                for future in done:
                    tell(future.result())
                yield len(done)
        except BrokenProcessPool as error:
            raise LabellingError(
                "a worker process died, perhaps for want of memory; run the same command again to "
                "go on, with fewer --workers if it happens again"
            ) from error
        finally:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)


def _start_worker(stop: Event) -> None:
    global _stop  # noqa: PLW0603 - a worker process has one job for its whole life
    _stop = stop
    be_silent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears Ctrl-C and stops us
    threading.Thread(target=_die_with_parent, daemon=True).start()


def _die_with_parent() -> None:
    """A parent that was killed could not stop us, and the next run must find nobody at work."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for_end([parent.sentinel])
        os._exit(1)


def _label(job: LabellingJob, plan: ShardPlan, number: int) -> list[str]:
    """Notices about the graphs that answer in this process."""
    try:
        predictor = worker_predictor(job.settings.model_dump_json())
        label_shard(job, plan, number, predictor, _is_stopped)
        return graph_notices(predictor)
    except MissingExtraError as error:  # its two arguments do not survive the way to the parent
        raise LabellingError(error.message) from None


def _is_stopped() -> bool:
    return _stop is not None and _stop.is_set()
