"""Promotion through the gates, by force with a reason, and the way back.

The decision with its figures is stored first and named by the state that follows from it: a kill
in between leaves a decision that nothing names, and production as it was.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from genderlens.errors import PromotionRefusedError, RegistryError
from genderlens.promotion.figures import group_columns
from genderlens.promotion.gates import GateResult, judge
from genderlens.promotion.measuring import Measured, measure_in_child
from genderlens.registry.state import RegistryState
from genderlens.registry.store import Registry
from genderlens.settings import Settings


def promote(
    registry: Registry,
    name: str,
    settings: Settings,
    *,
    forced: str | None = None,
    progress: bool = False,
) -> dict[str, Any]:
    """Put a version into production where the gates hold; the decision, which is stored.

    ``forced`` is the reason to promote without measuring. Raises PromotionRefusedError with the
    decision where a gate does not hold, RegistryError where there is nothing to measure on,
    VersionNotFoundError, and BundleError for a version that cannot be loaded.
    """
    bundle = registry.load_fit(name)
    version, production = bundle.version, registry.state().production
    if forced is not None:
        document = _document(version, production, _reason(forced), promoted=True)
    else:
        document = _measured(registry, version, production, settings, progress=progress)
    identifier = document["id"]
    registry.record(identifier, document)
    if not document["promoted"]:
        raise PromotionRefusedError(_refusal(document), document)
    # Judged against one version, a candidate must not replace another that came meanwhile.
    registry.change(lambda state: _unchanged(state, production).promoted(version, identifier))
    return document


def rollback(registry: Registry) -> RegistryState:
    """``previous`` in production again; tried first, so that it is known to work."""
    previous = registry.state().previous
    if previous is not None:
        registry.load_fit(previous)
    return registry.change(lambda state: _still_previous(state, previous).rolled_back())


def split_traffic(registry: Registry, weights: dict[str, float]) -> RegistryState:
    """Share the traffic among versions; weights need no sum, none means production alone.

    Each version with traffic is tried first. Raises RegistryError for weights that cannot be shared
    out, VersionNotFoundError, BundleError for a version that cannot be loaded.
    """
    if len(weights) > 8:
        raise RegistryError(f"{len(weights)} versions share the traffic, the limit is 8")
    if weights and not any(weight > 0 for weight in weights.values()):
        raise RegistryError("all weights are 0; give one version a weight above it")
    traffic: dict[str, float] = {}
    for name, weight in weights.items():
        version = registry.resolve(name)
        registry.describe(version)
        if version in traffic or not 0 <= weight <= 1e6:
            raise RegistryError(f"weight {weight} of {name!r}: give 0 to 1000000, a version once")
        traffic[version] = weight
    for version in traffic:
        registry.load_fit(version)
    return registry.change(
        lambda state: state.with_changes(traffic=traffic, decision=state.decision)
    )


def _measured(
    registry: Registry,
    version: str,
    production: str | None,
    settings: Settings,
    *,
    progress: bool,
) -> dict[str, Any]:
    versions = list(dict.fromkeys(filter(None, (version, production))))
    measured = measure_in_child(versions, settings, registry.guests, progress=progress)
    figures = measured.figures
    rival = None if production in (None, version) else figures[str(production)]
    verdicts = judge(figures[version], rival, settings, labels=measured.labels)
    return _document(
        version,
        production,
        None,
        promoted=all(verdict.passed for verdict in verdicts),
        **_evidence(measured, verdicts, settings),
    )


def _evidence(measured: Measured, verdicts: list[GateResult], settings: Settings) -> dict[str, Any]:
    return {
        "figures": {version: figure.to_dict() for version, figure in measured.figures.items()},
        "gates": [verdict.to_dict() for verdict in verdicts],
        "validation": {
            "pictures": measured.pictures,
            "manifest_sha256": measured.manifest_sha256,
            "split": settings.gate_split,
            "by": list(group_columns(settings)),
            "faces": measured.faces,
        },
    }


def _document(
    version: str, production: str | None, reason: str | None, *, promoted: bool, **evidence: Any
) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "id": f"{now:%Y%m%dT%H%M%S%f}-{version}",
        "time": now.isoformat(timespec="seconds"),
        "version": version,
        "production": production,
        "promoted": promoted,
        "forced": reason,
        "figures": {},
        "gates": [],
        "validation": None,
        **evidence,
    }


def _unchanged(state: RegistryState, production: str | None) -> RegistryState:
    if state.production != production:
        raise RegistryError(
            f"production became {state.production!r} while the version was judged against "
            f"{production!r}; promote again"
        )
    return state


def _still_previous(state: RegistryState, previous: str | None) -> RegistryState:
    if state.previous != previous:
        raise RegistryError(
            f"the previous version became {state.previous!r} while {previous!r} was tried; "
            "roll back again"
        )
    return state


def _reason(text: str) -> str:
    reason = " ".join(text.split())
    if not 3 <= len(reason) <= 500:
        raise RegistryError("a forced promotion needs a reason of 3 to 500 characters")
    return reason


def _refusal(document: dict[str, Any]) -> str:
    broken = [str(GateResult(**gate)) for gate in document["gates"] if not gate["passed"]]
    return f"{document['version']} stays out of production: {'; '.join(broken)}"
