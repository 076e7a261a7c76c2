"""Retraining over HTTP; the trainer is a stand-in, the queue and the worker are real."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from conftest import ClassFolders
from genderlens.service.app import create_app
from genderlens.settings import load_settings
from jobs.workplace import Workplace, create_workplace
from service.keyed import callers
from service.serving import assert_problem, wait_until, warm_client


@pytest.fixture
def place(tmp_path: Path, class_folders: ClassFolders) -> Workplace:
    return create_workplace(
        tmp_path, class_folders(2), model="registry:production", state_dir=tmp_path / "state"
    )


@pytest.fixture
def client(place: Workplace) -> Iterator[TestClient]:
    with warm_client(create_app(place.settings)) as client:
        yield client


def _ended(client: TestClient, identifier: str) -> dict[str, Any]:
    finished = {"succeeded", "failed", "cancelled"}
    wait_until(lambda: client.get(f"/jobs/{identifier}").json()["state"] in finished, 30)
    job: dict[str, Any] = client.get(f"/jobs/{identifier}").json()
    return job


def test_retraining_promotes_and_the_service_follows(client: TestClient) -> None:
    answer = client.post("/retrain")
    assert answer.status_code == 202
    assert answer.json()["source"] == "squares"
    job = _ended(client, answer.json()["id"])
    assert (job["state"], job["version"]) == ("succeeded", "retrained-0")
    assert job["decision"]["promoted"] is True
    assert [epoch["epoch"] for epoch in job["epochs"]] == [1, 2, 3]
    assert job["epochs"][0]["calibration_accuracy"] == 0.75
    assert {gate["gate"]: gate["passed"] for gate in job["gates"]} == {
        "accuracy": True,
        "worst_group_accuracy": True,
        "ece": True,
        "classify_ms": True,
    }
    assert client.get("/jobs").json()["count"] == 1
    client.put("/models/traffic", json={"weights": {}})  # looks at the registry at once
    assert client.get("/models").json()["serving"] == "retrained-0"


def test_a_job_is_cancelled(client: TestClient, place: Workplace) -> None:
    place.steer(epochs="1000")
    identifier = client.post("/retrain", json={"source": "squares"}).json()["id"]
    wait_until(lambda: client.get(f"/jobs/{identifier}").json()["progress"]["epoch"] > 0, 30)
    assert client.delete(f"/jobs/{identifier}").status_code == 202
    assert _ended(client, identifier)["state"] == "cancelled"
    assert_problem(client.delete(f"/jobs/{identifier}"), 409, "job_conflict")


def test_the_log_says_why_it_failed(client: TestClient, place: Workplace) -> None:
    place.steer(fail="genderlens: nothing to train on")
    job = _ended(client, client.post("/retrain").json()["id"])
    assert (job["state"], job["log"]) == (
        "failed",
        ["a line before", "genderlens: nothing to train on"],
    )


def test_the_log_alone(client: TestClient, place: Workplace) -> None:
    place.steer(fail="<b>last</b>")
    identifier = _ended(client, client.post("/retrain").json()["id"])["id"]
    answer = client.get(f"/jobs/{identifier}/log")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text == "a line before\n<b>last</b>\n"
    assert client.get(f"/jobs/{identifier}/log", params={"lines": 1}).text == "<b>last</b>\n"
    for lines in ("0", "2001", "x"):
        answer = client.get(f"/jobs/{identifier}/log", params={"lines": lines})
        assert_problem(answer, 422, "invalid_parameter")
    assert_problem(client.get("/jobs/none/log"), 404, "job_not_found")


def test_59_another_keys_job_is_not_there(place: Workplace) -> None:
    place.steer(epochs="1000")
    settings = {
        name: getattr(place.settings, name)
        for name in ("registry", "jobs_dir", "retrain_sources", "retrain_python")
    }
    with callers("train", "train", "admin", state_dir=place.root / "keys", **settings) as asking:
        mine, other, admin = asking
        job = mine.ask("POST", "/retrain").json()
        assert job["key_id"] == mine.id
        for method, path in (("GET", ""), ("GET", "/log"), ("DELETE", "")):
            answer = other.ask(method, f"/jobs/{job['id']}{path}")
            assert_problem(answer, 404, "job_not_found")
        counts = [one.ask("GET", "/jobs").json()["count"] for one in (mine, other, admin)]
        assert counts == [1, 0, 1]
        assert mine.ask("GET", f"/jobs/{job['id']}").status_code == 200
        assert admin.ask("DELETE", f"/jobs/{job['id']}").status_code == 202


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"source": "/etc"}, 409, "job_conflict"),
        ({"source": "s3://elsewhere/x"}, 409, "job_conflict"),
        ({"recipe": "/etc/passwd"}, 409, "job_conflict"),
        ({"recipe": "../../secrets.yaml"}, 409, "job_conflict"),
        ({"interpreter": "/bin/sh"}, 422, "invalid_parameter"),
        ({"promote": "maybe"}, 422, "invalid_parameter"),
        ([1], 422, "invalid_parameter"),
    ],
)
def test_a_client_names_no_files(client: TestClient, body: object, status: int, code: str) -> None:
    assert_problem(client.post("/retrain", json=body), status, code)
    assert client.get("/jobs").json() == {"jobs": [], "count": 0}


def test_each_file_of_a_job_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(
        load_settings(
            state_dir=tmp_path / "state",
            jobs_dir=tmp_path / "jobs",
            jobs_here=False,
            retrain_sources={"squares": str(tmp_path)},
        )
    )
    with warm_client(app) as client:
        identifier = client.post("/retrain").json()["id"]
        run = tmp_path / "jobs" / identifier / "run"
        run.mkdir(parents=True)
        (run / "curves.csv").write_text("epoch,train_loss\n0,0.5\n")
        (run / "times.csv").write_text("epoch,seconds\n0,5\n")
        opened: list[str] = []
        really_open = Path.open

        def watched(path: Path, *arguments: Any, **options: Any) -> Any:
            opened.append(path.name)
            return really_open(path, *arguments, **options)

        monkeypatch.setattr(Path, "open", watched)
        epochs = client.get(f"/jobs/{identifier}").json()["epochs"]
    assert [(one["epoch"], one["train_loss"], one["seconds"]) for one in epochs] == [(1, 0.5, 5.0)]
    assert sorted(opened) == ["curves.csv", "log.txt", "times.csv"]


@pytest.mark.parametrize("name", ["none", "..%2Fqueue.db", "x" * 300])
def test_unknown_jobs(client: TestClient, name: str) -> None:
    for method in ("GET", "DELETE"):
        problem = client.request(method, f"/jobs/{name}")
        assert problem.status_code == 404


def test_without_sources_there_is_nothing_to_train_on(tmp_path: Path) -> None:
    app = create_app(load_settings(state_dir=tmp_path / "state"))
    with warm_client(app) as client:
        for wish in (None, {"source": "samples"}, {"source": "x", "recipe": "y"}):
            problem = assert_problem(client.post("/retrain", json=wish), 403, "retraining_off")
            assert "GENDERLENS_RETRAIN_SOURCES" in problem["detail"]
            assert "GENDERLENS_SAMPLES" in problem["detail"]
    assert not (tmp_path / "state" / "jobs").exists()


def test_a_broken_queue_is_said_and_predictions_go_on(client: TestClient, place: Workplace) -> None:
    store = client.app.state.jobs._open()  # type: ignore[attr-defined]
    assert client.get("/jobs").status_code == 200
    with store._database.begin() as connection:
        connection.execute(text("DROP TABLE jobs"))
    assert_problem(client.get("/jobs"), 503, "database_unavailable")
    assert client.get("/health").json()["jobs"] == "degraded"
    assert "genderlens_jobs{" not in client.get("/metrics").text


def test_jobs_are_counted_by_state(client: TestClient, place: Workplace) -> None:
    place.steer(fail="no")
    _ended(client, client.post("/retrain").json()["id"])
    told = client.get("/metrics").text
    for state in ("queued", "running", "succeeded", "failed", "cancelled"):
        assert f'genderlens_jobs{{state="{state}"}} {float(state == "failed")}' in told


def test_without_sources_no_jobs_are_counted(tmp_path: Path) -> None:
    with warm_client(create_app(load_settings(state_dir=tmp_path / "state"))) as client:
        assert "genderlens_jobs{" not in client.get("/metrics").text
