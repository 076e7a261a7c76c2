"""Tasks on a Ray cluster: the one that the environment names or that runs here, else a local one.

Every node needs this package, the bundle, and the output folder at the same path; pictures at
paths that all nodes share, or in a cloud. Ray runs a shard again when its worker dies.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from genderlens.errors import GenderlensError, LabellingError, MissingExtraError, SettingsError
from genderlens.graphs.golden import tell
from genderlens.labelling.engines import graph_notices, worker_predictor
from genderlens.labelling.job import LabellingJob
from genderlens.labelling.plan import ShardPlan
from genderlens.labelling.shard import label_shard

_TELL_S: Final = 0.5
_TRIES: Final = 5
_STARTS: Final = 3
_GPU_SHARE: Final = 0.25
"""Of a card for each worker: reading and decoding on the CPU take most of its time."""


def run_shards(
    job: LabellingJob, plan: ShardPlan, numbers: Sequence[int], workers: int | None
) -> Iterator[int]:
    """See Engine."""
    try:
        import ray  # type: ignore[import-not-found,unused-ignore]
    except ImportError as error:
        raise MissingExtraError("ray", "the engine 'ray'") from error
    started = not ray.is_initialized()
    if started:
        start_cluster(ray, logging_level=logging.ERROR, log_to_driver=False)
    try:
        needs = list_needs(job.settings.device)
        fitting = count_fitting(ray.cluster_resources(), needs)  # type: ignore[no-untyped-call]
        at_once = workers or fitting
        gpus = needs.get("num_gpus", 0)
        task = ray.remote(num_cpus=1, num_gpus=gpus, max_retries=_TRIES)(_label)
        yield from _run(ray, task, (ray.put(job), ray.put(plan)), numbers, at_once)
    finally:
        if started:
            ray.shutdown()


def start_cluster(ray: Any, **options: Any) -> None:
    """``ray.init`` with those options, tried again where a busy machine took too long to start it.

    Ray gives its own processes 30 seconds; started once, their files lie in memory. Raises
    LabellingError.
    """
    for left in reversed(range(_STARTS)):
        try:
            ray.init(**options)
        except Exception as error:
            ray.shutdown()
            if not left:
                raise LabellingError(
                    f"Ray does not start: {error}; look whether the machine is busy or the "
                    "environment variable RAY_ADDRESS names a cluster that runs, or take "
                    "--engine local"
                ) from error
        else:
            return


def list_needs(device: str) -> dict[str, float]:
    """What each worker asks of the cluster; Ray hides its GPUs from whoever asks for none."""
    return {"num_cpus": 1, "num_gpus": _GPU_SHARE} if device == "cuda" else {"num_cpus": 1}


def count_fitting(resources: Mapping[str, float], needs: Mapping[str, float]) -> int:
    """How many workers a cluster has room for; SettingsError where none will ever get a GPU."""
    fitting = max(1, int(resources.get("CPU", 1)))
    if "num_gpus" not in needs:
        return fitting
    cards = resources.get("GPU", 0.0)
    if cards < needs["num_gpus"]:
        raise SettingsError(
            f"device='cuda': the Ray cluster has {cards:g} GPUs; add nodes that have one, or set "
            "device cpu"
        )
    return min(fitting, int(cards / needs["num_gpus"]))


def _run(
    ray: Any, task: Any, common: tuple[Any, Any], numbers: Sequence[int], at_once: int
) -> Iterator[int]:
    left, running = list(reversed(numbers)), list[Any]()
    while left or running:
        while left and len(running) < at_once:
            running.append(task.remote(*common, left.pop()))
        done, running = ray.wait(running, num_returns=1, timeout=_TELL_S)
        for reference in done:
            _check(ray, reference)
        yield len(done)


def _check(ray: Any, reference: Any) -> None:
    try:
        fault, notices = ray.get(reference)
    except ray.exceptions.RayError as error:
        raise LabellingError(
            f"a worker of the Ray cluster failed: {error}; run the same command again to go on"
        ) from error
    tell(notices)
    if fault is not None:
        raise LabellingError(fault)


def _label(job: LabellingJob, plan: ShardPlan, number: int) -> tuple[str | None, list[str]]:
    """Runs on the cluster: an error of ours, if any, and notices about the graphs that answer.

    The error is returned, because running the shard again is no help.
    """
    try:
        predictor = worker_predictor(job.settings.model_dump_json())
        label_shard(job, plan, number, predictor)
    except GenderlensError as error:
        return error.message, []
    return None, graph_notices(predictor)
