"""What routes ask for by annotation."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Request

from genderlens.service.engine import Engine
from genderlens.service.metrics import Metrics
from genderlens.service.uploads import Upload, read_file, read_files, read_picture
from genderlens.types import FacePolicy


async def _engine(request: Request) -> Engine:
    engine: Engine = request.app.state.engine
    return engine


async def _metrics(request: Request) -> Metrics:
    metrics: Metrics = request.app.state.metrics
    return metrics


EngineDep = Annotated[Engine, Depends(_engine)]


async def _open_engine(engine: EngineDep) -> Engine:
    engine.require_capacity()
    return engine


OpenEngineDep = Annotated[Engine, Depends(_open_engine)]
"""The engine where it takes pictures; named before them, it refuses before a body is read."""

MetricsDep = Annotated[Metrics, Depends(_metrics)]
PictureDep = Annotated[Upload, Depends(read_picture)]
FileDep = Annotated[Upload, Depends(read_file)]
FilesDep = Annotated[list[Upload], Depends(read_files)]
FacesParam = Annotated[
    FacePolicy | None,
    Query(
        description="`single` refuses none or several faces, `largest` takes the largest, `all` "
        "answers for each, `cropped` takes the whole picture as one face. "
        "Unset: the service's setting."
    ),
]
