"""What is said of model versions: their bundles' figures, and the live ones of the history."""

from __future__ import annotations

from typing import Any

from genderlens.bundle import Bundle, Description, Evaluation
from genderlens.data.manifest import HOUSEKEEPING
from genderlens.errors import VersionNotFoundError
from genderlens.evaluation.figures.fairness import SMALL_GROUP
from genderlens.evaluation.figures.metrics import proportion
from genderlens.history.live import Live
from genderlens.registry.state import ALIASES, RegistryState
from genderlens.registry.store import Registry
from genderlens.service.models.engine import Engine
from genderlens.service.schemas.heads import describe_heads
from genderlens.service.schemas.models import (
    ComparedVersion,
    CorrectionsAnswer,
    EvaluationAnswer,
    GroupAnswer,
    LiveAnswer,
    ModelsAnswer,
    ModelVersion,
)

_REFUSED = ("no_person", "many_people", "unreadable")


def describe_models(engine: Engine, registry: Registry) -> ModelsAnswer:
    """Every version of the registry, oldest first, and before them what answers without it."""
    state, registered = registry.state(), registry.versions()
    beside = [bundle for bundle in _served(engine) if bundle.version not in registered]
    models = [_of_bundle(bundle, engine, state) for bundle in beside]
    models += [_of_registry(version, engine, registry, state) for version in registered]
    return ModelsAnswer(
        serving=engine.model_version,
        follows_registry=engine.reloader.follows_registry,
        reload_error=engine.reloader.reason,
        state_error=registry.state_fault,
        broken=registry.broken(),
        production=state.production,
        candidate=state.candidate,
        previous=state.previous,
        traffic=state.traffic,
        models=models,
    )


def compared_versions(engine: Engine, registry: Registry, asked: str | None) -> list[str]:
    """The versions or aliases in a list separated by commas; unset: those that have traffic.

    Raises VersionNotFoundError for one that is neither in the registry nor loaded.
    """
    loaded = shares_of(engine)
    if asked is None:
        return [version for version, share in loaded.items() if share > 0]
    found: list[str] = []
    for name in filter(None, map(str.strip, asked.split(","))):
        version = registry.resolve(name) if name in ALIASES or name not in loaded else name
        if version not in loaded:
            registry.describe(version)
        found.append(version)
    if not found:
        raise VersionNotFoundError("'versions' names none; give them separated by commas")
    return list(dict.fromkeys(found))


def compare(versions: list[str], engine: Engine, live: dict[str, Live]) -> list[ComparedVersion]:
    """The versions side by side; without live figures where the history is off."""
    shares = shares_of(engine)
    return [
        ComparedVersion(
            version=version,
            share=shares.get(version),
            live=_live(live[version]) if version in live else None,
        )
        for version in versions
    ]


def shares_of(engine: Engine) -> dict[str, float]:
    """The traffic of each loaded version; none before the first is warm."""
    return engine.fleet.shares if engine.ready else {}


def _served(engine: Engine) -> list[Bundle]:
    """The bundles of all loaded models, members of an ensemble one by one."""
    predictors = engine.fleet.predictors.values() if engine.ready else ()
    found = {bundle.version: bundle for one in predictors for bundle in one.bundles}
    return list(found.values())


def _of_bundle(bundle: Bundle, engine: Engine, state: RegistryState) -> ModelVersion:
    names = bundle.description.files
    size = sum((bundle.path / name).stat().st_size for name in names)
    return _model(bundle.version, bundle.description, engine, state, size=size, registered=False)


def _of_registry(
    version: str, engine: Engine, registry: Registry, state: RegistryState
) -> ModelVersion:
    description, size = registry.describe(version), registry.size_bytes(version)
    return _model(version, description, engine, state, size=size, registered=True)


def _model(
    version: str, description: Description, engine: Engine, state: RegistryState, **other: Any
) -> ModelVersion:
    evaluation, source = description.evaluation, description.provenance
    return ModelVersion(
        version=version,
        aliases=state.aliases_of(version),
        created=description.created,
        architecture=source.architecture,
        parameters=source.parameters,
        licence=source.licence,
        heads=describe_heads(spec.to_head() for spec in description.heads),
        trained_on=source.data,
        precision=description.precision.serves,
        size_bytes=other["size"],
        registered=other["registered"],
        loaded=any(bundle.version == version for bundle in _served(engine)),
        weight=state.traffic.get(version),
        share=shares_of(engine).get(version),
        accuracy=evaluation.overall.value if evaluation else None,
        evaluation=_evaluation(evaluation) if evaluation else None,
    )


def _evaluation(found: Evaluation) -> EvaluationAnswer:
    groups = [
        GroupAnswer(attribute=attribute, group=name, accuracy=share)
        for attribute, shares in found.groups.items()
        if attribute not in HOUSEKEEPING
        for name, share in shares.items()
    ]
    return EvaluationAnswer(
        data=found.data,
        faces=found.faces,
        accuracy=found.overall,
        abstained=found.abstained,
        ece=found.metrics.get("ece"),
        metrics=found.metrics,
        worst_group=min(
            (group for group in groups if group.accuracy.count >= SMALL_GROUP),
            key=lambda group: group.accuracy.value,
            default=None,
        ),
        groups=groups,
    )


def _live(figures: Live) -> LiveAnswer:
    refused = sum(figures.outcomes.get(name, 0) for name in _REFUSED)
    return LiveAnswer(
        pictures=figures.pictures,
        outcomes=figures.outcomes,
        uncertain=proportion(figures.outcomes.get("uncertain", 0), figures.pictures),
        refused=proportion(refused, figures.pictures),
        mean_confidence=figures.mean_confidence,
        latency_p50_ms=figures.latency_p50_ms,
        latency_p95_ms=figures.latency_p95_ms,
        right=proportion(figures.right, figures.right + figures.wrong),
        corrections=CorrectionsAnswer(
            right=figures.right, wrong=figures.wrong, undecided=figures.undecided
        ),
    )
