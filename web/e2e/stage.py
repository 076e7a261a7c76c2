"""The real service with the built page and the real model, on a free port of this machine."""

from __future__ import annotations

import json
import shutil
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from genderlens.bundle import default_bundle_path, load_bundle
from genderlens.jobs.record import Progress, create_job
from genderlens.jobs.store import open_store
from genderlens.registry.store import open_registry
from genderlens.service import headers
from genderlens.service.app import create_app
from genderlens.service.protocol import HttpProtocol
from genderlens.settings import Settings, load_settings

PAGE = Path(__file__).parent.parent / "dist"
PHOTOS = Path(__file__).parents[3] / "shared" / "data"
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
    "img-src 'self' blob:; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; "
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
GATES = [
    {"gate": "accuracy", "value": 0.931, "limit": 0.915, "at_least": True, "passed": True},
    {"gate": "ece", "value": 0.061, "limit": 0.05, "at_least": False, "passed": False},
]


def settings_in(folder: Path, **changes: Any) -> Settings:
    """Everything that the service writes lies in ``folder``."""
    return load_settings(
        state_dir=folder / "state",
        registry=str(folder / "registry"),
        jobs_dir=folder / "jobs",
        samples=str(folder / "samples"),
        jobs_here=False,
        retrain_sources={"portraits": str(folder)},
        **changes,
    )


def furnish(settings: Settings, folder: Path) -> None:
    """Two versions in the registry, and jobs in three states."""
    registry = open_registry(settings)
    registry.add(default_bundle_path())
    registry.add(_another_version(folder / "another"))
    store = open_store(settings)
    job = create_job("portraits", "small-data")
    refused = {"promoted": False, "gates": GATES}
    for made in (
        create_job("portraits", "nonesuch").ended("failed", "training ended with code 2: no data"),
        create_job("portraits", "default").with_changes(
            state="succeeded", stage="done", version="retrained-1", decision=refused
        ),
        job,
    ):
        store.submit(made)
        store.save(made)
    figures = {"loss": 0.41, "accuracy": 0.88}
    progress = Progress(epoch=3, epochs=12, figures=figures)
    store.save(job.with_changes(state="running", stage="training", progress=progress))
    store.close()


def _another_version(path: Path) -> Path:
    shutil.copytree(default_bundle_path(), path)
    description = json.loads((path / "bundle.json").read_text("utf-8"))
    (path / "bundle.json").write_text(json.dumps({**description, "name": "retrained"}), "utf-8")
    load_bundle(str(path))
    return path


@contextmanager
def running(settings: Settings, port: int = 0) -> Iterator[str]:
    """The address of the page, once the model is warm."""
    app = create_app(settings)
    _serve_built_page(app)
    listener = socket.create_server(("127.0.0.1", port))
    config = uvicorn.Config(app, log_level="warning", http=HttpProtocol, ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        while not (server.started and app.state.engine.ready):
            time.sleep(0.05)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/app/"
    finally:
        server.should_exit = True
        thread.join(20)


def _serve_built_page(app: FastAPI) -> None:
    """What the service will do by itself: the folder of the page, and its policy."""
    headers._BY_PREFIX["/app/"] = POLICY
    mount = next(route for route in app.routes if getattr(route, "path", "") == "/app")
    assert isinstance(mount, Mount)
    mount.app = StaticFiles(directory=PAGE, html=True)


def photos(count: int, start: int = 0) -> list[Path]:
    """Portraits of CelebA."""
    folder = PHOTOS / "celeba" / "img_align_celeba"
    return sorted(folder.glob("*.jpg"))[start : start + count]


def group_photo() -> Path:
    """A photo in which the real detector sees several prominent faces."""
    from genderlens.inference.predictor import create_predictor
    from genderlens.types import Outcome

    predictor = create_predictor(load_settings())
    for path in sorted((PHOTOS / "coco" / "images").glob("*.jpg"))[:300]:
        (answer,) = predictor.predict([path.read_bytes()])
        if answer.outcome is Outcome.MANY_PEOPLE:
            return path
    raise FileNotFoundError("no group among the photos")


def say(line: str) -> None:
    """To the terminal, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
