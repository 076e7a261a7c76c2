"""Several processes on one port: who answers, what is counted together, what a gone one costs."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient

from databases import free_port, serve_redis
from genderlens.errors import BundleError, NotReadyError, SettingsError, StartError
from genderlens.inference.predictor import Predictor
from genderlens.service.app import create_app
from genderlens.service.process.sockets import open_sockets, require_free
from genderlens.settings import load_settings
from service.processes import Service, serve
from service.serving import portrait_jpeg, wait_until

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux deals connections out"
)
REQUESTS = 40


@contextmanager
def pair(state: Path, **settings: object) -> Iterator[list[tuple[Service, int]]]:
    """Two processes on one port over one state, each with the port of its own."""
    with ExitStack() as stack:
        port, found = free_port(), []
        for own in (free_port(), free_port()):
            given = {"share_port": True, "own_port": own, "workers": 1, "state_dir": state}
            one = serve(shared_port=port, **given, **settings)
            found.append((stack.enter_context(one), own))
        wait_until(lambda: all(is_ready(own) for _, own in found), 90)
        yield found


def is_ready(port: int) -> bool:
    """Asked on the port of one process."""
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health/ready").status_code == 200
    except httpx.TransportError:
        return False


def predict(port: int) -> httpx.Response:
    """Over a connection of its own."""
    photo = {"file": ("a.jpg", portrait_jpeg())}
    return httpx.post(f"http://127.0.0.1:{port}/predict", files=photo, timeout=30)


def answered(own_port: int) -> int:
    text = httpx.get(f"http://127.0.0.1:{own_port}/metrics", timeout=30).text
    found = re.findall(
        r'^genderlens_http_requests_total\{.*route="/predict",status="200"\} (\d+)', text, re.M
    )
    return sum(map(int, found))


@pytest.mark.timeout(300)
def test_both_answer_and_one_goes_on_alone(tmp_path: Path) -> None:
    with pair(tmp_path, max_wait_s=30) as ((first, its), (second, others)):
        answers = [predict(first.port) for _ in range(REQUESTS)]
        assert {answer.status_code for answer in answers} == {200}, [
            a.text for a in answers if a.is_error
        ]
        counts = [answered(its), answered(others)]
        assert sum(counts) == REQUESTS
        assert min(counts) > 0, counts
        kept = [httpx.get(f"{first.url}/predictions/{one.json()['id']}") for one in answers]
        assert {answer.status_code for answer in kept} == {200}
        assert first.terminate()[0] == 0
        assert {predict(second.port).status_code for _ in range(5)} == {200}


@pytest.mark.timeout(300)
def test_requests_are_counted_together_in_redis(tmp_path: Path) -> None:
    with serve_redis() as redis:
        url = f"redis://127.0.0.1:{redis.port}/0"
        with pair(tmp_path, rate_limit="10/hour", rate_limit_url=url) as ((first, _), _):
            statuses = [predict(first.port).status_code for _ in range(REQUESTS)]
            # A machine so busy that Redis answers late counts some in memory, never all.
            assert 10 <= statuses.count(200) < 20, statuses
            assert "counts requests by itself" not in first.log.read_text()


def test_it_is_said_that_each_counts_by_itself(tmp_path: Path) -> None:
    settings = {"share_port": True, "rate_limit": "10/hour", "state_dir": tmp_path}
    with serve(**settings) as service:
        assert "counts requests by itself" in service.log.read_text()


def test_a_port_is_shared_only_by_those_who_all_say_so() -> None:
    port = free_port()
    shared = open_sockets(load_settings(port=port, share_port=True))
    assert shared is not None
    shared[0].listen()
    require_free(load_settings(port=port, share_port=True))
    with pytest.raises(StartError, match=f"cannot serve on 127.0.0.1:{port}: address already"):
        require_free(load_settings(port=port))
    for one in shared:
        one.close()
    require_free(load_settings(port=port))


def test_an_own_port_that_is_taken_is_named_and_nothing_stays_open() -> None:
    port, own = free_port(), free_port()
    (holder,) = open_sockets(load_settings(port=own, share_port=True)) or []
    with holder:
        holder.listen()
        with pytest.raises(StartError, match=f"cannot serve on 127.0.0.1:{own}"):
            open_sockets(load_settings(port=port, own_port=own))
    require_free(load_settings(port=port))


def test_other_systems_are_told_what_to_do_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(SettingsError, match=r"a port of its own.*proxy"):
        require_free(load_settings(share_port=True))


def test_a_process_without_a_model_takes_no_connection(tmp_path: Path) -> None:
    """It would turn away its share of what the others could answer."""
    settings = load_settings(share_port=True, port=free_port(), state_dir=tmp_path)

    def fail(_: object) -> Predictor:
        raise BundleError("the model is broken")

    with (
        pytest.raises(NotReadyError, match="could not be loaded"),
        TestClient(create_app(settings, fail)),
    ):
        raise AssertionError("it started")
