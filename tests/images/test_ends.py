"""What operators fear: the end of a container under load, its sudden death, a full disk."""

from __future__ import annotations

import httpx
import pytest

from genderlens.errors import ExitCode
from images.boxes import Box, box, make_key
from images.engine import ENOUGH_S, docker
from images.load import Load
from service.serving import portrait_jpeg

pytestmark = [pytest.mark.images, pytest.mark.timeout(ENOUGH_S)]
STOP_S = 30
"""compose.yaml: stop_grace_period; the task definition: stopTimeout."""
OOM_OR_KILL = 137


def test_sigterm_under_load_loses_no_answer(serving_image: str) -> None:
    with box(serving_image, rate_limit="off") as container:
        load = Load(container, make_key(container, "predict"))
        container.serve()
        with load.by(8):
            state = container.end("stop", f"--time={STOP_S}")
        assert state["ExitCode"] == 0, container.log
        assert load.statuses[200] > 0
        assert set(load.statuses) <= {200, 503}
        assert not load.broken


def test_a_killed_container_goes_on_with_its_volume(serving_image: str) -> None:
    with box(serving_image, rate_limit="off") as container:
        headers = make_key(container, "predict")
        container.serve()
        load = Load(container, headers)
        with load.by(4):
            assert container.end("kill")["ExitCode"] == OOM_OR_KILL
        container.remove()
        container.serve()
        photo = {"file": ("a.jpg", portrait_jpeg())}
        answer = httpx.post(f"{container.url}/predict", files=photo, headers=headers, timeout=30)
        assert answer.json()["prediction"] == "female"
        kept = httpx.get(f"{container.url}/predictions", headers=headers, params={"limit": 100})
        assert answer.json()["id"] in [one["id"] for one in kept.json()["predictions"]]
        assert container.run("audit", "verify").returncode == 0
        container.run("database", "backup", "/state/copy.sqlite3")


def test_answers_while_its_disk_is_full(serving_image: str) -> None:
    """A file system of 4 MB, filled to the last byte after the start."""
    full = "--tmpfs=/state:size=4m,uid=10001,gid=10001"
    with box(serving_image, full, rate_limit="off") as container:
        container.start("keys", "create", "client")
        docker("wait", container.id)
        container.remove()
        run_with_a_key(container)
        container.wait_until_ready()
        fill = "dd if=/dev/zero of=/state/filler bs=1k 2>/dev/null; true"
        docker("exec", container.id, "sh", "-c", fill)
        headers = {"Authorization": f"Bearer {container.log.split()[0]}"}
        photo = {"file": ("a.jpg", portrait_jpeg())}
        for _ in range(20):
            answer = httpx.post(f"{container.url}/predict", files=photo, headers=headers)
            assert answer.status_code == 200, answer.text
        assert container.is_ready()
        docker("exec", container.id, "rm", "/state/filler")
        assert container.end("stop", f"--time={STOP_S}")["ExitCode"] == 0


def test_a_start_on_a_full_disk_says_what_lacks(serving_image: str) -> None:
    """SQLite cannot open a file there, and without keys nobody may be let in."""
    full = "--tmpfs=/state:size=4m,uid=10001,gid=10001"
    fill = "dd if=/dev/zero of=/state/filler bs=1k 2>/dev/null; "
    with box(serving_image, full, rate_limit="off") as container:
        run_with_a_key(container, fill)
        assert docker("wait", container.id).stdout.strip() == str(int(ExitCode.DATA)), container.log
        assert "its disk has 0 bytes free; make room" in container.log
        assert "Traceback" not in container.log
        container.remove()
        run_with_a_key(container, f"{fill}rm /state/filler; ")
        container.wait_until_ready()


def run_with_a_key(container: Box, then: str = "") -> None:
    """Key and service in one container, since a tmpfs ends with it."""
    script = f"genderlens keys create client && {{ {then}exec genderlens serve; }}"
    entry = Box(
        container.image,
        environment=container.environment,
        options=(*container.options, "--entrypoint=sh"),
        port=container.port,
    )
    entry.start("-c", script)
    container.id = entry.id
