"""Engines: who runs the shards. Each calls the same ``label_shard``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Final

from genderlens.errors import SettingsError
from genderlens.inference.predictor import Predictor, create_predictor
from genderlens.labelling.job import LabellingJob
from genderlens.labelling.plan import ShardPlan
from genderlens.settings import Settings

Engine = Callable[[LabellingJob, ShardPlan, Sequence[int], int | None], Iterator[int]]
"""Label the given shards with so many workers (None: as many as there are CPUs).

Yields at least twice a second how many shards were finished since, so that the caller can tell
people. Raises LabellingError where a shard had to stop; no worker is left running then.
"""

ENGINES: Final = {"local": "local", "ray": "ray_cluster"}
"""Name → the module whose ``run_shards`` is the engine."""


def load_engine(name: str) -> Engine:
    """The engine of that name; SettingsError for any other."""
    if name not in ENGINES:
        raise SettingsError(f"--engine {name!r} is not known; give one of {', '.join(ENGINES)}")
    engine: Engine = import_module(f"{__name__}.{ENGINES[name]}").run_shards
    return engine


@lru_cache(maxsize=1)
def worker_predictor(settings_json: str) -> Predictor:
    """The predictor of this process, made once; given JSON because settings are not hashable."""
    predictor = create_predictor(Settings.model_validate_json(settings_json))
    predictor.warm_up()
    return predictor


def graph_notices(predictor: Predictor) -> list[str]:
    """What a worker hands to its parent, which tells once what many workers found."""
    graphs = [*predictor.graphs, predictor.detector_graph]
    return [graph.notice for graph in graphs if graph is not None and graph.notice is not None]
