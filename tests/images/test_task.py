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


def test_a_task_without_a_database_answers_and_ends(serving_image: str) -> None:
    """Open, since the list of addresses in front of it decides there who may ask."""
    container = Box(serving_image)
    ours = [f"--env=GENDERLENS_PORT={container.port}", "--env=GENDERLENS_HOST=0.0.0.0"]
    place = ["--network=host", "--tmpfs=/state:uid=10001,gid=10001"]
    command = ["run", "--detach", *options(), *ours, *place, serving_image, "serve", "--insecure"]
    container.id = docker(*command).stdout.strip()
    try:
        container.wait_until_ready()
        photo = {"file": ("a.jpg", portrait_jpeg())}
        answer = httpx.post(f"{container.url}/predict", files=photo, timeout=30)
        assert answer.json()["prediction"] == "female"
        check = [word.strip('"') for word in task()["healthCheck"]["command"][1:]]
        assert docker("exec", container.id, *check, check=False).returncode == 0
        state = container.end("stop", f"--time={task()['stopTimeout']}")
        assert (state["ExitCode"], state["OOMKilled"]) == (0, False), container.log
    finally:
        container.remove()
