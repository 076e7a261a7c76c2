"""Is it alive, ready, and with which model: our paths and the Open Inference Protocol's."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import JSONResponse, Response

from genderlens._version import __version__
from genderlens.bundle import INT8_MODEL, Description
from genderlens.errors import NotReadyError
from genderlens.graphs.devices import CPU
from genderlens.graphs.golden import Graph
from genderlens.heads import Head
from genderlens.service.deps import EngineDep, HistoryDep, JobDeskDep, RatesDep
from genderlens.service.errors import problem
from genderlens.service.middleware.permissions import needs, public
from genderlens.service.models.engine import Engine
from genderlens.service.schemas.health import GraphHealth, Health, NotReady
from genderlens.service.schemas.problem import problem_responses
from genderlens.types import Scope

router = APIRouter(tags=["health"])
_NOT_READY: dict[int | str, dict[str, Any]] = {
    503: {"model": NotReady, "description": "The model is being loaded, or could not be, or hangs."}
}
_MODEL_FAILURES = problem_responses(404, 503)


def _not_ready(engine: Engine, fields: dict[str, Any]) -> JSONResponse:
    return problem(503, NotReadyError.code, engine.why_not, fields=fields)


@router.get("/health", response_model=Health, responses=_NOT_READY)
@router.get("/health/ready", response_model=Health, responses=_NOT_READY)
@public
async def health(
    engine: EngineDep, history: HistoryDep, rates: RatesDep, desk: JobDeskDep
) -> Health | JSONResponse:
    """200 once the model is warm and while pictures are answered, 503 else."""
    parts = {
        "model_loaded": engine.ready,
        "processor_loaded": engine.ready,
        "detector_loaded": engine.ready,
        "version": __version__,
        "model_version": engine.model_version,
    }
    beside = {
        "history": history.state,
        "rate_limits": "degraded" if rates.degraded else "healthy",
        "jobs": desk.state,
    }
    if not engine.is_answering:
        return _not_ready(engine, parts)
    graphs = [describe_graph(graph) for graph in engine.fleet.graphs]
    parts = {**parts, "abstain_below": engine.predictor.abstain_below, "graphs": graphs}
    fallen = any(graph.fallback for graph in graphs)
    status = "degraded" if fallen or "degraded" in beside.values() else "healthy"
    return Health.model_validate({"status": status, **beside, **parts})


def describe_graph(graph: Graph) -> GraphHealth:
    """What health says of a graph that answers."""
    return GraphHealth(
        model_version=graph.bundle,
        precision="int8" if graph.name == INT8_MODEL else "fp32",
        golden="passed" if graph.verdict == "passed" else "none",
        device=None if graph.device == CPU else graph.device,
        fallback=graph.fallback,
    )


@router.get("/health/live")
@public
async def live() -> dict[str, str]:
    """200 as long as the process answers."""
    return {"status": "alive"}


@router.get("/v2/health/live")
@public
async def protocol_live() -> dict[str, bool]:
    """Open Inference Protocol: the server is live."""
    return {"live": True}


@router.get("/v2/health/ready", responses=problem_responses(503))
@public
async def protocol_ready(engine: EngineDep) -> Response:
    """Open Inference Protocol: the server is ready."""
    return (
        JSONResponse({"ready": True})
        if engine.is_answering
        else _not_ready(engine, {"ready": False})
    )


@router.get("/v2/models/{name}/ready", responses=_MODEL_FAILURES)
@router.get("/v2/models/{name}/versions/{version}/ready", responses=_MODEL_FAILURES)
@needs(Scope.PREDICT)
async def protocol_model_ready(engine: EngineDep, name: str, version: str = "") -> dict[str, Any]:
    """Open Inference Protocol: the model is ready."""
    find_model(engine, name, version)
    return {"name": name, "ready": True}


@router.get("/v2/models/{name}", responses=_MODEL_FAILURES)
@router.get("/v2/models/{name}/versions/{version}", responses=_MODEL_FAILURES)
@needs(Scope.PREDICT)
async def protocol_model(engine: EngineDep, name: str, version: str = "") -> dict[str, Any]:
    """Open Inference Protocol: what the model takes and gives."""
    description = find_model(engine, name, version)
    return {
        "name": description.name,
        "versions": [description.version],
        "platform": "onnxruntime_onnx",
        "inputs": [{"name": "image", "datatype": "BYTES", "shape": [-1]}],
        "outputs": [
            {"name": output, "datatype": kind, "shape": [-1]}
            for output, kind in _outputs(description.head.to_head()).items()
        ],
        "heads": [spec.to_head().to_dict() for spec in description.heads],
    }


def _outputs(head: Head) -> dict[str, str]:
    """What pictures are answered with, and the datatype of each."""
    shares = dict.fromkeys(head.probability_columns, "FP32")
    texts = {"prediction": "BYTES", "outcome": "BYTES", "confidence": "FP32"}
    return texts | shares | {"answer": "BYTES"}


def find_model(engine: Engine, name: str, version: str) -> Description:
    """The served bundle of that name, of an ensemble any member; HTTP 404 for others."""
    served = [bundle.description for bundle in engine.predictor.bundles]
    for description in served:
        if name == description.name and version in {"", description.version}:
            return description
    known = ", ".join(f"{d.name!r} version {d.version!r}" for d in served)
    raise HTTPException(404, f"model {name!r} version {version!r} is not served; {known} is")
