"""The serving image, hardened as compose.yaml says, asked what a client asks."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import httpx
import pytest

from images.boxes import Box, box, make_key
from images.engine import ENOUGH_S, docker, inspect
from service.serving import portrait_jpeg

pytestmark = [pytest.mark.images, pytest.mark.timeout(ENOUGH_S)]
MOST_BEYOND_BASE = 450_000_000
READY_CPU_S = 3.0
"""Of one CPU: what a machine that does nothing else waits."""


@pytest.fixture(scope="module")
def served(serving_image: str) -> Iterator[tuple[Box, httpx.Client]]:
    with box(serving_image) as container:
        headers = make_key(container, "predict")
        container.serve()
        with httpx.Client(base_url=container.url, headers=headers, timeout=30) as client:
            yield container, client


def photo(name: str = "file") -> dict[str, tuple[str, bytes]]:
    return {name: ("a.jpg", portrait_jpeg())}


def test_adds_little_to_its_base(
    serving_image: str, record_property: pytest.RecordProperty
) -> None:
    layers = docker("history", "--human=false", "--format={{.Size}}", serving_image).stdout.split()
    beyond_base = sum(map(int, layers[:-1]))
    record_property("bytes_beyond_base", beyond_base)
    assert beyond_base <= MOST_BEYOND_BASE


def test_runs_as_the_user_without_a_way_up(served: tuple[Box, httpx.Client]) -> None:
    container, _ = served
    status = container.read("/proc/1/status")
    assert re.search(r"^Uid:\t10001\t10001", status, re.MULTILINE)
    assert re.search(r"^CapEff:\t0+$", status, re.MULTILINE)
    assert re.search(r"^CapBnd:\t0+$", status, re.MULTILINE)
    assert re.search(r"^NoNewPrivs:\t1$", status, re.MULTILINE)


def test_writes_nowhere_but_state(served: tuple[Box, httpx.Client]) -> None:
    container, _ = served
    attempt = "import pathlib, sys; pathlib.Path(sys.argv[1], 'a').write_text('a')"
    for folder in ("/", "/tmp", "/opt/genderlens", "/var/tmp", "/etc"):
        done = docker("exec", container.id, "python", "-c", attempt, folder, check=False)
        assert done.returncode == 1, folder
    docker("exec", container.id, "python", "-c", attempt, "/state")
    assert docker("diff", container.id).stdout == ""


def test_holds_no_compiler_and_no_installer(serving_image: str) -> None:
    script = "import importlib.util as u, shutil; print(u.find_spec('pip'), shutil.which('gcc'))"
    done = docker("run", "--rm", "--entrypoint=python", serving_image, "-c", script)
    assert done.stdout.split() == ["None", "None"]


def test_answers_what_a_client_asks(served: tuple[Box, httpx.Client]) -> None:
    _, client = served
    page = client.get("/app/")
    assert page.headers["content-type"].startswith("text/html")
    (script, *_) = re.findall(r'src="([^"]+\.js)"', page.text)
    assert client.get(f"/app/{script}").status_code == 200
    assert client.get("/docs").status_code == 200
    answer = client.post("/predict", files=photo())
    assert answer.json()["prediction"] == "female"
    batch = client.post("/predict-batch", files=[("files", photo()["file"])] * 3)
    assert [one["prediction"] for one in batch.json()["results"]] == ["female"] * 3
    kept = client.get(f"/predictions/{answer.json()['id']}")
    assert kept.json()["prediction"] == "female"


def test_asks_for_a_key(served: tuple[Box, httpx.Client]) -> None:
    container, _ = served
    assert httpx.post(f"{container.url}/predict", files=photo()).status_code == 401


def test_does_not_start_before_there_is_a_key(serving_image: str) -> None:
    with box(serving_image) as container:
        container.start()
        assert docker("wait", container.id).stdout.strip() == "2"
        assert "genderlens keys create" in container.log


@pytest.mark.parametrize("settings", [{}, {"allowed_hosts": "a.example.org", "root_path": "/gl"}])
def test_is_healthy_wherever_it_listens(serving_image: str, settings: dict[str, str]) -> None:
    """On another port than the image's, under another name, behind a prefix."""
    with box(serving_image, "--health-interval=1s", "--health-start-period=0s", **settings) as one:
        make_key(one, "predict")
        one.serve()
        deadline = time.monotonic() + 30
        while (health := one.state["Health"])["Status"] != "healthy":
            assert health["Status"] == "starting", health
            assert time.monotonic() < deadline, health
            time.sleep(0.2)


def test_is_ready_soon(serving_image: str, record_property: pytest.RecordProperty) -> None:
    with box(serving_image) as container:
        make_key(container, "predict")
        record_property("seconds_to_ready", container.serve())
        user, system = container.read("/proc/1/stat").rpartition(")")[2].split()[11:13]
        spent_s = (int(user) + int(system)) / 100
        record_property("cpu_seconds_to_ready", spent_s)
        assert spent_s <= READY_CPU_S


def test_names_itself(serving_image: str) -> None:
    config = inspect("image", serving_image)["Config"]
    assert config["User"] == "10001:10001"
    assert config["Labels"]["org.opencontainers.image.title"] == "genderlens"
    assert config["Volumes"] == {"/state": {}}
