"""Which graph of each served bundle answers on this machine, and why."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from genderlens.bundle import INT8_MODEL, MODEL, Bundle
from genderlens.doctor.finding import Finding, attempt
from genderlens.errors import BundleIntegrityError
from genderlens.graphs.devices import CPU
from genderlens.graphs.golden import Check, Graph
from genderlens.inference.ensemble import load_bundles
from genderlens.registry.address import SCHEME
from genderlens.registry.store import open_registry, registry_address
from genderlens.settings import Settings
from genderlens.types import Precision

_PRODUCTION: Final = f"{SCHEME}production"
_PRECISIONS: Final[dict[str, Precision]] = {MODEL: "fp32", INT8_MODEL: "int8"}


def examine_models(settings: Settings) -> list[Finding]:
    """The reference, then every bundle that it leads to, and the detectors."""
    return [
        *attempt("reference", lambda: _reference(settings)),
        *attempt("bundle", lambda: _bundles(settings)),
        *attempt("face detector", lambda: _face_detector(settings)),
        *attempt("people", lambda: _people(settings)),
    ]


def _reference(settings: Settings) -> list[Finding]:
    text = f"GENDERLENS_MODEL={settings.model}"
    if SCHEME in settings.model:
        text += f", the registry being {registry_address(settings)}"
    return [Finding("reference", text, facts={"precision": settings.precision})]


def _bundles(settings: Settings) -> list[Finding]:
    found: list[Finding] = []
    for one in _served(settings):
        for bundle in load_bundles(one):
            found += attempt(bundle.version, partial(_bundle, bundle, settings))
    return found


def _served(settings: Settings) -> list[Settings]:
    """Settings for each model that would answer: a registry may share the traffic."""
    if settings.model != _PRODUCTION:
        return [settings]
    state = open_registry(settings).state()
    versions = dict.fromkeys(filter(None, [state.production, *state.traffic]))
    changes = [{"model": f"{SCHEME}{version}"} for version in versions]
    return [settings.model_copy(update=change) for change in changes] or [settings]


def _bundle(bundle: Bundle, settings: Settings) -> list[Finding]:
    checks = [_check(bundle, name) for name in _PRECISIONS if name in bundle.description.files]
    return [*_answering(bundle, settings), *map(_finding, checks)]


def _answering(bundle: Bundle, settings: Settings) -> Iterator[Finding]:
    wanted = bundle.graph_file(settings.precision)
    try:
        graph = bundle.load_graph(precision=settings.precision, device=settings.device)
    except BundleIntegrityError as error:
        fact, _, way_out = error.message.removeprefix(f"{bundle.version}: ").partition("; copy")
        text = f"{bundle.version}: none, {fact}"
        yield Finding("graph", text, "fault", f"copy{way_out}", {"bundle": bundle.version})
        return
    facts = {"bundle": bundle.version, "wanted": wanted, "answers": graph.name}
    facts["device"] = graph.device
    where = f"{graph.name} answers on {graph.device}"
    text = f"{bundle.version}: {where}, {_why(bundle, settings, graph)}"
    if graph.unplaced:
        way_out = f"set device {graph.device}, or see the page 'Run on a GPU or another device'"
        yield Finding("graph", text, "note", way_out, facts)
    elif graph.fallback is not None:
        way_out = "get a bundle whose INT8 graph holds on every processor, or set precision fp32"
        yield Finding("graph", text, "note", way_out, facts)
    else:
        yield Finding("graph", text, facts=facts)


def _why(bundle: Bundle, settings: Settings, graph: Graph) -> str:
    if graph.fallback is not None:
        return f"for {graph.fallback}"
    if settings.precision != "auto":
        return f"as GENDERLENS_PRECISION={settings.precision} says"
    if graph.device != CPU:
        return f"as suits {graph.device}"
    return f"as the bundle says: {bundle.description.precision.reason}"


def _check(bundle: Bundle, name: str) -> Check:
    """Of one graph alone, whichever would answer."""
    try:
        return bundle.load_graph(precision=_PRECISIONS[name]).checks[0]
    except BundleIntegrityError as error:
        return Check(name, "off", error.message)


def _finding(check: Check) -> Finding:
    facts = {"verdict": check.verdict, "gap": check.gap, "bound": check.bound}
    facts |= {"took_ms": check.took_ms}
    if check.verdict == "none":
        way_out = "export it again, and its graphs are checked wherever they are loaded"
        return Finding(check.graph, f"not checked: {check.reason}", "note", way_out, facts)
    if check.verdict == "off":
        return Finding(check.graph, check.reason, "note", facts=facts)
    text = (
        f"gives what was measured: off by {check.gap:.1g} in a logit, at most {check.bound:g} is "
        f"allowed ({check.took_ms:.0f} ms)"
    )
    return Finding(check.graph, text, facts=facts)


def _face_detector(settings: Settings) -> list[Finding]:
    from genderlens.detection.detectors import create_detector, find_detector

    detector = create_detector(
        max_side_px=settings.detector_max_side_px,
        threads=settings.threads,
        device=settings.device,
        precision=settings.precision,
    )
    found, where = find_detector(), getattr(detector, "device", CPU)
    graph: Graph | None = getattr(detector, "graph", None)
    path = found.graph.with_name(graph.name) if graph else found.graph
    text = f"{found.title}, {path.name} ({path.stat().st_size / 1e6:.1f} MB), on {where}"
    facts = {"device": where, "answers": path.name}
    if graph is None or graph.fallback is None:
        return [Finding("face detector", text, facts=facts)]
    way_out = "install genderlens again if it was changed, or set precision fp32"
    return [Finding("face detector", f"{text}, for {graph.fallback}", "note", way_out, facts)]


def _people(settings: Settings) -> list[Finding]:
    if settings.people == "off":
        return []
    from genderlens.detection.people import DetrPeople

    DetrPeople(settings.people_model, min_score=settings.person_min_score, threads=settings.threads)
    return [Finding("people", f"DETR, {settings.people_model}")]
