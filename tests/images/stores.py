"""The stores of compose.yaml on this machine, and what every test that uses them begins with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

import clouds
from databases import Server, create_postgres_database
from images.boxes import SERVICES, Box
from service.serving import portrait_jpeg

RELOAD_S = 180.0


@contextmanager
def stores(service: str, postgres: Server, redis: Server) -> Iterator[dict[str, str]]:
    """A service's variables of compose.yaml, hosts being this machine; no bucket is there yet."""
    with clouds.serve_s3():
        settings = SERVICES[service]["environment"] | {
            "GENDERLENS_DATABASE_URL": create_postgres_database(postgres.port),
            "GENDERLENS_MODEL": "registry:production",
            "GENDERLENS_REGISTRY_POLL_S": "1",
            "GENDERLENS_FACES": "single",
            "GENDERLENS_WORKERS": "2",
        }
        place = f"127.0.0.1:{redis.port}"
        settings = {name: text.replace("redis:6379", place) for name, text in settings.items()}
        aws = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
        yield settings | aws


def fill(container: Box) -> None:
    """Make the bucket, as the service ``bucket`` of compose.yaml does, and a production in it."""
    program, *arguments = SERVICES["bucket"]["entrypoint"]
    Box(
        container.image,
        environment=container.environment,
        options=(f"--entrypoint={program}",),
        volume=container.volume,
    ).run(*arguments)
    container.run("models", "add", "default")
    promote(container, "the first version")


def promote(container: Box, reason: str) -> None:
    container.run("models", "promote", "candidate", "--force", "--reason", reason)


def predict(container: Box, headers: dict[str, str]) -> httpx.Response:
    photo = {"file": ("a.jpg", portrait_jpeg())}
    return httpx.post(f"{container.url}/predict", files=photo, headers=headers, timeout=30)


def version(container: Box) -> str:
    return str(httpx.get(f"{container.url}/health", timeout=30).json()["model_version"])
