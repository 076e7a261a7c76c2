"""The training image takes a job that the serving image queued, and its result is served."""

from __future__ import annotations

import json
import time
from pathlib import Path

import httpx
import pytest

from databases import Server
from images.boxes import Box, box, make_key
from images.engine import ENOUGH_S
from images.stores import RELOAD_S, fill, predict, stores, version
from jobs.tiny_training import RECIPE, tinted_portraits
from service.serving import wait_until

pytestmark = [pytest.mark.images, pytest.mark.timeout(ENOUGH_S)]
PICTURES = "s3://genderlens/pictures"
JOB_S = 600.0
GATES = {
    "GENDERLENS_GATE_DATA": PICTURES,
    "GENDERLENS_GATE_SPLIT": "val",
    "GENDERLENS_GATE_FACES": "cropped",
    "GENDERLENS_GATE_MIN_GROUP": "1",
    "GENDERLENS_GATE_ACCURACY_DROP": "1",
    "GENDERLENS_GATE_GROUP_DROP": "1",
    "GENDERLENS_GATE_MAX_ECE": "1",
    "GENDERLENS_GATE_MAX_LATENCY_MS": "10000",
    "GENDERLENS_GATE_MAX_SLOWDOWN": "10000",
}
"""A training of seconds passes: what is looked at is that it gets through, not how good it is."""


def put_pictures(folder: Path) -> None:
    import s3fs

    pictures = tinted_portraits(folder)
    s3fs.S3FileSystem().put(f"{pictures}/", f"{PICTURES}/", recursive=True)


def test_a_retraining_is_promoted_served_and_taken_back(
    serving_image: str, training_image: str, postgres: Server, redis: Server, tmp_path: Path
) -> None:
    recipe = tmp_path / "tiny.yaml"
    recipe.write_text(RECIPE)
    mount = f"--volume={recipe}:/recipes/tiny.yaml:ro"
    wish = {
        "GENDERLENS_RETRAIN_SOURCES": json.dumps({"mine": PICTURES}),
        "GENDERLENS_RETRAIN_RECIPE": "/recipes/tiny.yaml",
    }
    with stores("genderlens", postgres, redis) as settings:
        worker_settings = settings | GATES | wish | {"GENDERLENS_JOBS_DIR": "/scratch/jobs"}
        with (
            box(serving_image, mount, **settings, **wish) as service,
            box(training_image, mount, service="worker", **worker_settings) as worker,
        ):
            fill(service)
            put_pictures(tmp_path / "pictures")
            headers = make_key(service, "predict", "train", "admin")
            service.serve()
            shipped = version(service)
            worker.start("worker")
            job = ended(service, headers, worker)
            assert job["decision"]["promoted"], job["decision"]
            wait_until(lambda: version(service) != shipped, RELOAD_S)
            assert predict(service, headers).status_code == 200
            undone = httpx.post(f"{service.url}/models/rollback", headers=headers, timeout=30)
            assert undone.status_code == 200, undone.text
            wait_until(lambda: version(service) == shipped, RELOAD_S)
            assert worker.end()["ExitCode"] == 0, worker.log


def ended(service: Box, headers: dict[str, str], worker: Box) -> dict[str, object]:
    """A job that the service queued and the worker has done."""
    asked = {"source": "mine", "promote": True}
    queued = httpx.post(f"{service.url}/retrain", json=asked, headers=headers, timeout=30)
    assert queued.status_code == 202, queued.text
    address = f"{service.url}/jobs/{queued.json()['id']}"

    def look() -> dict[str, object]:
        assert worker.state["Running"], worker.log
        answer = httpx.get(address, headers=headers, timeout=30)
        while answer.status_code == 429:  # an idle machine asks faster than the limit
            time.sleep(float(answer.headers["Retry-After"]))
            answer = httpx.get(address, headers=headers, timeout=30)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    wait_until(lambda: look()["state"] in ("succeeded", "failed", "cancelled"), JOB_S)
    job = look()
    assert job["state"] == "succeeded", (job, worker.log)
    return job


def test_holds_what_trains_and_runs_as_the_user(training_image: str) -> None:
    script = "import os, torch, timm, lightning; print(os.getuid(), torch.zeros(1).item())"
    with box(training_image, "--entrypoint=python", service="worker") as container:
        assert container.run("-c", script).stdout.split() == ["10001", "0.0"]
