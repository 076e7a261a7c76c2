"""Is it alive, is it ready, and with which model: our paths and those of the Open Inference Protocol."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import JSONResponse

from genderlens._version import __version__
from genderlens.service.deps import EngineDep
from genderlens.service.engine import Engine
from genderlens.service.schemas import Health

router = APIRouter(tags=["health"])


def _health(engine: Engine) -> Health:
    status = "healthy" if engine.ready else "failed" if engine.failure else "starting"
    return Health(
        status=status,
        model_loaded=engine.ready,
        processor_loaded=engine.ready,
        detector_loaded=engine.ready,
        version=__version__,
        model_version=engine.model_version,
        error=engine.failure,
    )


@router.get("/health", response_model=Health, responses={503: {"model": Health}})
@router.get("/health/ready", response_model=Health, responses={503: {"model": Health}})
async def health(engine: EngineDep, response: Response) -> Health:
    """200 once the model is warm, 503 before and if it cannot be loaded."""
    response.status_code = 200 if engine.ready else 503
    return _health(engine)


@router.get("/health/live")
async def live() -> dict[str, str]:
    """200 as long as the process answers."""
    return {"status": "alive"}


@router.get("/v2/health/live")
async def protocol_live() -> dict[str, bool]:
    """Open Inference Protocol: the server is live."""
    return {"live": True}


@router.get("/v2/health/ready")
async def protocol_ready(engine: EngineDep) -> JSONResponse:
    """Open Inference Protocol: the server is ready."""
    return JSONResponse({"ready": engine.ready}, 200 if engine.ready else 503)


@router.get("/v2/models/{name}/ready")
@router.get("/v2/models/{name}/versions/{version}/ready")
async def protocol_model_ready(engine: EngineDep, name: str, version: str = "") -> dict[str, Any]:
    """Open Inference Protocol: the model is ready."""
    _require_model(engine, name, version)
    return {"name": name, "ready": True}


@router.get("/v2/models/{name}")
@router.get("/v2/models/{name}/versions/{version}")
async def protocol_model(engine: EngineDep, name: str, version: str = "") -> dict[str, Any]:
    """Open Inference Protocol: what the model takes and gives."""
    _require_model(engine, name, version)
    description = engine.predictor.bundle.description
    size = description.input.size_px
    return {
        "name": description.name,
        "versions": [description.version],
        "platform": "onnxruntime_onnx",
        "inputs": [{"name": "image", "datatype": "FP32", "shape": [-1, 3, size, size]}],
        "outputs": [{"name": "logit", "datatype": "FP32", "shape": [-1, 1]}],
    }


def _require_model(engine: Engine, name: str, version: str) -> None:
    description = engine.predictor.bundle.description
    if name != description.name or version not in {"", description.version}:
        served = f"{description.name!r} version {description.version!r}"
        raise HTTPException(404, f"model {name!r} version {version!r} is not served; {served} is")
