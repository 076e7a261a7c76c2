"""Open Inference Protocol: pictures in as tensors, answers out as tensors."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Final

import numpy as np
from fastapi import APIRouter, Header, Request
from numpy.typing import NDArray

from genderlens.errors import MalformedRequestError
from genderlens.inference.predictor import Predictor
from genderlens.service.deps import (
    OpenEngineDep,
    OptionsDep,
    PrincipalDep,
    RatesDep,
    RecorderDep,
    RouteDep,
    SettingsDep,
)
from genderlens.service.exchange import run_while_present
from genderlens.service.middleware.permissions import needs
from genderlens.service.models.routing import AnswerOptions
from genderlens.service.routes.health import find_model
from genderlens.service.schemas.problem import problem_responses
from genderlens.service.tensor_columns import face_columns, picture_columns
from genderlens.service.tensors import Columns, answer_tensors, read_tensor
from genderlens.types import Scope

router = APIRouter(tags=["predict"])
_FAILURES: Final = problem_responses(400, 401, 403, 404, 408, 413, 422, 429, 500, 503)
_BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "object", "required": ["inputs"]},
                "example": {
                    "inputs": [
                        {
                            "name": "image",
                            "datatype": "BYTES",
                            "shape": [1],
                            "data": ["/9j/4AAQSkZJRgABAQ…"],
                        }
                    ]
                },
            },
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.post("/v2/models/{name}/infer", responses=_FAILURES, openapi_extra=_BODY)
@router.post("/v2/models/{name}/versions/{version}/infer", responses=_FAILURES, openapi_extra=_BODY)
@needs(Scope.PREDICT)
async def infer(
    request: Request,
    engine: OpenEngineDep,
    route: RouteDep,
    principal: PrincipalDep,
    rates: RatesDep,
    settings: SettingsDep,
    recorder: RecorderDep,
    name: str,
    options: OptionsDep,
    version: str = "",
    inference_header_content_length: Annotated[str | None, Header()] = None,
) -> dict[str, Any]:
    """Open Inference Protocol: an answer for each picture of the tensor `image`.

    `BYTES` holds encoded pictures (base64 where it stands in JSON) and `UINT8` [N, H, W, 3] upright
    RGB pixels; both go through detector and classifier. `FP32` [N, 3, H, W] are normalised face
    crops for the network alone. Bytes may follow the JSON (Triton's binary tensor data extension).
    `parameters` of the request may hold `attributes`: names of further heads, with commas between.
    """
    description = find_model(engine, name, version)
    route = replace(route, model=f"{name}-{version}") if version else route
    body = await request.body()
    length, most = inference_header_content_length, settings.max_batch_files
    tensor = await request.app.state.pools.json.run(lambda: read_tensor(body, length, most))
    options = options.asking(tensor.attributes)
    if tensor.values is not None:
        values = tensor.values
        work = engine.apply(lambda model: _classify(model, values, options), b"", route)
        columns, served = await run_while_present(request, work)
        return answer_tensors(name, served.removeprefix(f"{name}-"), tensor.identity, columns)
    await rates.charge(principal, sum(map(engine.units, tensor.encoded)) - 1)
    answers = await run_while_present(request, engine.predict_each(tensor.encoded, options, route))
    for content, answer in zip(tensor.encoded, answers, strict=True):
        await recorder.keep(content, answer)
    served = answers[0].model_version.removeprefix(f"{name}-")
    columns = picture_columns(answers, description.head.to_head(), options.attributes or ())
    return answer_tensors(name, served, tensor.identity, columns)


def _classify(
    predictor: Predictor, values: NDArray[np.float32], options: AnswerOptions
) -> tuple[Columns, str]:
    options.require_known(predictor)
    try:
        results = predictor.classify(values, attributes=options.attributes)
    except ValueError as error:
        raise MalformedRequestError(str(error)) from None
    return face_columns(results, predictor.questions.head), predictor.version
