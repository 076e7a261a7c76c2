"""The whole stack of compose.yaml: set up, asked, watched, backed up, and taken down."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from images.engine import ENOUGH_S, docker, find_engine
from images.stack import Stack
from service.serving import portrait_jpeg, wait_until

pytestmark = [pytest.mark.images, pytest.mark.timeout(ENOUGH_S)]
UP_S = 300.0
ALERT_S = 300.0
"""A minute of absence, and what Prometheus takes to look twice."""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    find_engine()
    if docker("compose", "version", check=False).returncode != 0:
        pytest.skip("no docker compose: apt-get install docker-compose (2.26 or later)")
    found = Stack(tmp_path_factory.mktemp("stack"))
    try:
        yield found
    finally:
        found.down()


@pytest.fixture(scope="module")
def client(stack: Stack) -> Iterator[httpx.Client]:
    """Of the service that is up, with the key that compose-setup.sh printed."""
    headers = {"Authorization": f"Bearer {stack.up()}"}
    with httpx.Client(base_url=stack.url("genderlens", 8000), headers=headers, timeout=30) as found:
        wait_until(lambda: _is_ready(found), UP_S)
        yield found


def _is_ready(client: httpx.Client) -> bool:
    try:
        return client.get("/health/ready").status_code == 200
    except httpx.TransportError:
        return False


def ask_prometheus(stack: Stack, path: str, **query: str) -> Any:
    answer = httpx.get(f"{stack.url('prometheus', 9090)}/api/v1/{path}", params=query, timeout=30)
    return answer.raise_for_status().json()["data"]


def value_of(stack: Stack, query: str) -> float:
    found = ask_prometheus(stack, "query", query=query)["result"]
    return float(found[0]["value"][1]) if found else 0.0


def test_answers_and_remembers(client: httpx.Client) -> None:
    assert client.get("/app/").headers["content-type"].startswith("text/html")
    answer = client.post("/predict", files={"file": ("a.jpg", portrait_jpeg())})
    assert answer.json()["prediction"] == "female"
    kept = f"/predictions/{answer.json()['id']}"
    wait_until(lambda: client.get(kept).status_code == 200)


def test_the_secrets_are_for_their_owner(stack: Stack, client: httpx.Client) -> None:
    assert (stack.folder / "deploy/.env").stat().st_mode & 0o777 == 0o600
    assert httpx.get(f"{client.base_url}/metrics").status_code == 401


def test_prometheus_reads_and_judges(stack: Stack, client: httpx.Client) -> None:
    wait_until(lambda: value_of(stack, 'up{job="genderlens"}') == 1, UP_S)
    client.post("/predict", files={"file": ("a.jpg", portrait_jpeg())})
    wait_until(lambda: value_of(stack, "sum(genderlens_predictions_total)") >= 1, UP_S)
    (target,) = ask_prometheus(stack, "targets")["activeTargets"]
    assert (target["health"], target["lastError"]) == ("up", "")
    groups = ask_prometheus(stack, "rules")["groups"]
    wait_until(lambda: {_health(stack)} == {"ok"}, UP_S)
    assert sum(len(group["rules"]) for group in groups) > 5


def _health(stack: Stack) -> str:
    """``ok`` once every rule was computed without an error."""
    groups = ask_prometheus(stack, "rules")["groups"]
    found = {rule["health"] for group in groups for rule in group["rules"]}
    assert "err" not in found, groups
    return found.pop() if len(found) == 1 else "unknown"


def test_a_backup_of_the_database_is_restored(stack: Stack, client: httpx.Client) -> None:
    """The commands of docs/how-to/backup.md, in the container that has the programs."""
    script = (
        "pg_dump -U genderlens --format=custom --file=/tmp/copy genderlens"
        " && createdb -U genderlens restored"
        " && pg_restore -U genderlens --dbname=restored --no-owner --exit-on-error /tmp/copy"
    )
    count = "SELECT count(*) FROM predictions"
    psql = ("exec", "-T", "postgres", "psql", "-U", "genderlens", "-tAc", count)
    before = int(stack.compose(*psql, "genderlens"))
    stack.compose("exec", "-T", "postgres", "sh", "-c", script)
    # Answers are written a moment after they are given: the last may be in one and not the other.
    after = int(stack.compose(*psql, "genderlens"))
    assert 0 < before <= int(stack.compose(*psql, "restored")) <= after


def test_the_proxy_serves_it_by_tls_below_a_prefix(
    stack: Stack, client: httpx.Client, tmp_path: Path
) -> None:
    root = "/data/caddy/pki/authorities/local/root.crt"
    (tmp_path / "root.crt").write_text(stack.compose("exec", "-T", "proxy", "cat", root))
    context = ssl.create_default_context(cafile=str(tmp_path / "root.crt"))
    place = stack.compose("port", "proxy", "8443").rpartition(":")[2]
    photo = {"file": ("a.jpg", portrait_jpeg())}
    with httpx.Client(base_url=f"https://localhost:{place}/gl", verify=context) as proxied:
        assert proxied.get("/app/").headers["content-type"].startswith("text/html")
        assert "/gl/openapi.json" in proxied.get("/docs").text
        assert proxied.post("/predict", files=photo).status_code == 401
        headers = dict(client.headers)
        answer = proxied.post("/predict", files=photo, headers=headers, timeout=30)
        assert answer.json()["prediction"] == "female"
        assert proxied.get("/metrics", headers=headers).status_code == 404


def test_prometheus_sees_a_job_that_nobody_takes(stack: Stack, client: httpx.Client) -> None:
    """The profile with a worker is not up."""
    make = ("run", "--rm", "-T", "genderlens", "keys", "create", "--scope", "train", "trainer")
    headers = {"Authorization": f"Bearer {stack.compose(*make)}"}
    # A running service notices new keys within seconds.
    wait_until(lambda: client.get("/jobs", headers=headers).status_code == 200, UP_S)
    queued = client.post("/retrain", json={"source": "samples"}, headers=headers)
    assert queued.status_code == 202, queued.text
    jobs = 'max(genderlens_jobs{state="%s"})'
    wait_until(lambda: value_of(stack, jobs % "queued") == 1, UP_S)
    ended = client.delete(f"/jobs/{queued.json()['id']}", headers=headers)
    assert ended.is_success, ended.text
    wait_until(lambda: value_of(stack, jobs % "cancelled") == 1, UP_S)


@pytest.mark.parametrize(("store", "part"), [("redis", "rate_limits"), ("postgres", "history")])
def test_answers_while_a_store_is_cut_off(
    stack: Stack, client: httpx.Client, store: str, part: str
) -> None:
    """Its network is taken away, which no connection is told, and given back."""
    network, container = f"{stack.project}_back", f"{stack.project}-{store}-1"
    wait_until(lambda: state_of(client, part) == "healthy", UP_S)
    docker("network", "disconnect", network, container)
    try:
        for _ in range(5):
            answer = client.post("/predict", files=photo())
            assert answer.status_code == 200, answer.text
        wait_until(lambda: state_of(client, part) == "degraded", UP_S)
        assert client.get("/health/ready").status_code == 200
    finally:
        docker("network", "connect", "--alias", store, network, container)
    wait_until(lambda: state_of(client, part) == "healthy", UP_S)


def photo() -> dict[str, tuple[str, bytes]]:
    return {"file": ("a.jpg", portrait_jpeg())}


def state_of(client: httpx.Client, part: str) -> str:
    """What health says of a store, after a picture: they are looked at when they are needed."""
    client.post("/predict", files=photo())
    return str(client.get("/health").json()[part])


def test_an_alert_fires_while_the_service_is_down(stack: Stack, client: httpx.Client) -> None:
    stack.compose("stop", "genderlens")

    def firing() -> set[str]:
        alerts = ask_prometheus(stack, "alerts")["alerts"]
        return {one["labels"]["alertname"] for one in alerts if one["state"] == "firing"}

    wait_until(lambda: "GenderlensDown" in firing(), ALERT_S)
    stack.compose("start", "genderlens")
    client.base_url = stack.url("genderlens", 8000)
    wait_until(lambda: _is_ready(client), UP_S)
    wait_until(lambda: "GenderlensDown" not in firing(), ALERT_S)


def test_nothing_is_left_after_it_is_down(stack: Stack, client: httpx.Client) -> None:
    assert stack.left_overs()
    stack.down()
    assert stack.left_overs() == []
    assert not (stack.folder / "deploy/.env").exists()
    assert not (stack.folder / "deploy/prometheus.key").exists()
