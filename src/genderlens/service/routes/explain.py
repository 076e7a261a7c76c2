"""A picture in, a picture out: what of the face spoke for the answer."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from genderlens.service.deps import ExplainersDep, FacesParam, FileDep, OpenEngineDep, RouteDep
from genderlens.service.errors import refusal
from genderlens.service.exchange import run_while_present
from genderlens.service.middleware.permissions import needs
from genderlens.service.routes.predict import multipart
from genderlens.service.schemas.problem import problem_responses
from genderlens.types import Scope

router = APIRouter(tags=["predict"])
_PNG: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}},
        "description": "The face as the model sees it, under the heat.",
    }
}
_FAILURES: Final = problem_responses(400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 500, 503)


@router.post(
    "/explain",
    response_class=Response,
    responses=_PNG | _FAILURES,
    openapi_extra={"requestBody": {"required": True, "content": multipart("file")}},
)
@needs(Scope.PREDICT)
async def explain(
    request: Request,
    engine: OpenEngineDep,
    explainers: ExplainersDep,
    route: RouteDep,
    picture: FileDep,
    method: Annotated[
        Literal["grad-cam"],
        Query(description="Grad-CAM (Selvaraju et al., ICCV 2017), the only one there is."),
    ] = "grad-cam",
    faces: FacesParam = None,
    face: Annotated[
        int, Query(ge=1, le=1000, description="Which of the faces of the answer, from 1.")
    ] = 1,
) -> Response:
    """Which places of the face spoke for the answer of `/predict`, drawn over it: a PNG.

    Of several faces it is the one that `face` counts to. Nothing is kept. Glowing places spoke for
    the likelier label, which says nothing about why a person looks as they do.
    """
    content = picture.content
    work = engine.apply(
        lambda model: explainers.explain(model, content, faces, face), content, route
    )
    answer, png = await run_while_present(request, work)
    if png is None:
        return refusal(answer)
    headers = {"Content-Disposition": 'inline; filename="explanation.png"'}
    return Response(png, media_type="image/png", headers=headers)
