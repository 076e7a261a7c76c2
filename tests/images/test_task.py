"""The serving image as the task definition of deploy/terraform runs it on Fargate."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import httpx
import pytest

from images.boxes import Box
from images.engine import ENOUGH_S, ROOT, docker
from service.serving import portrait_jpeg

pytestmark = [pytest.mark.images, pytest.mark.timeout(ENOUGH_S)]
TERRAFORM = ROOT / "deploy/terraform"


@cache
def task() -> dict[str, Any]:
    """The container ``serve`` of the task definition."""
    hcl2 = pytest.importorskip("hcl2", reason="no HCL parser: pip install python-hcl2")
    text = (TERRAFORM / "modules/service/task.tf").read_text("utf-8")
    (serve,) = [one["serve"] for one in hcl2.loads(text)["locals"] if "serve" in one]
    return dict(serve)


def default_of(variable: str) -> int:
    text = (TERRAFORM / "variables_service.tf").read_text("utf-8")
    (number,) = re.findall(rf'variable "{variable}".*?default\s+= (\d+)', text, re.S)
    return int(number)


def options() -> list[str]:
    """Of ``docker run``, for what Fargate is told."""
    serve = task()
    linux = serve["linuxParameters"]
    found = ["--read-only"] if serve["readonlyRootFilesystem"] else []
    found += [f"--cap-drop={name}".replace('"', "") for name in linux["capabilities"]["drop"]]
    found += ["--init"] if linux["initProcessEnabled"] else []
    found += [f"--user={serve['user']}".replace('"', "")]
    found += [f"--cpus={default_of('task_cpu') / 1024}", f"--memory={default_of('task_memory')}m"]
    (environment,) = re.findall(r"\{(GENDERLENS_HISTORY[^}]*)\}", serve["environment"])
    name, value = re.findall(r'(\w+) = "?\\?"?(\w+)', environment)[0]
    return [*found, f"--env={name}={value}"]


def start(image: str, **settings: str) -> Box:
    """As a service without a database is told: whoever the balancer lets through may ask."""
    container = Box(image)
    told = {"PORT": str(container.port), "HOST": "0.0.0.0", "AUTH": "open", **settings}
    ours = [f"--env=GENDERLENS_{name}={text}" for name, text in told.items()]
    place = ["--network=host", "--tmpfs=/state:uid=10001,gid=10001"]
    container.id = docker("run", "--detach", *options(), *ours, *place, image).stdout.strip()
    return container


def predict(container: Box) -> httpx.Response:
    """As the balancer passes on what a visitor sends."""
    headers = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
    photo = {"file": ("a.jpg", portrait_jpeg())}
    return httpx.post(f"{container.url}/predict", files=photo, headers=headers, timeout=30)


def test_a_task_without_a_database_answers_and_ends(serving_image: str) -> None:
    """Its network, here this machine, is what it is told to trust."""
    container = start(serving_image, TRUSTED_PROXIES="127.0.0.1")
    try:
        container.wait_until_ready()
        assert predict(container).json()["prediction"] == "female"
        check = [word.strip('"') for word in task()["healthCheck"]["command"][1:]]
        assert docker("exec", container.id, *check, check=False).returncode == 0
        state = container.end("stop", f"--time={task()['stopTimeout']}")
        assert (state["ExitCode"], state["OOMKilled"]) == (0, False), container.log
    finally:
        container.remove()


def test_a_balancer_that_it_was_not_told_of_is_refused(serving_image: str) -> None:
    container = start(serving_image)
    try:
        container.wait_until_ready()
        assert predict(container).status_code == 403
    finally:
        container.remove()
