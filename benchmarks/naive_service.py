"""A service as the reference systems write one, to measure ours beside.

One ``async def`` endpoint that decodes all of the picture, looks for faces at full size and runs
the FP32 model, all in the event loop, so that one request is answered at a time. The models are
the ones that ours runs. Run ``python benchmarks/naive_service.py PORT``.
"""

from __future__ import annotations

import math
import sys
from typing import Any

import uvicorn
from fastapi import FastAPI, UploadFile

from genderlens.bundle import load_bundle
from single_image import PlainLoop


def create_app() -> FastAPI:
    """The application; its models are loaded first."""
    app, loop = FastAPI(), PlainLoop(load_bundle())

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "healthy"}

    @app.post("/predict")
    async def predict(file: UploadFile) -> dict[str, Any]:
        male = 1.0 / (1.0 + math.exp(-loop(await file.read())))
        return {
            "prediction": "male" if male > 0.5 else "female",
            "confidence": max(male, 1.0 - male),
            "probabilities": {"male": male, "female": 1.0 - male},
        }

    return app


if __name__ == "__main__":
    uvicorn.run(create_app(), port=int(sys.argv[1]), log_level="warning")
