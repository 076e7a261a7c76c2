"""No answer tells where things lie on the server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from genderlens.service.redaction import ServerPaths
from genderlens.settings import load_settings
from service.serving import assert_problem, fake_app, open_predictor, warm_client


def hide(text: Any, **settings: Any) -> Any:
    return ServerPaths(load_settings(**settings)).hide(text)


def test_places_are_called_by_their_settings(tmp_path: Path) -> None:
    state, gate = tmp_path / "state", tmp_path / "state" / "gate"
    settings: dict[str, Any] = {
        "state_dir": state,
        "gate_data": str(gate),
        "registry": "s3://bucket/models/",
        "retrain_sources": {"mine": str(tmp_path / "mine")},
    }
    told = f"no {gate}/x.jpg in {state}/y, s3://bucket/models/v1 or {tmp_path / 'mine'}"
    assert hide(told, **settings) == (
        "no GENDERLENS_GATE_DATA/x.jpg in GENDERLENS_STATE_DIR/y, the registry/v1 or SOURCE 'mine'"
    )


@pytest.mark.parametrize(
    "text",
    [
        "see /docs and /health, or application/json",
        "https://example.org/root/home/x",
        "the file models/default is not there",
    ],
)
def test_what_is_no_place_stays(text: str) -> None:
    assert hide(text) == text


def test_other_places_of_the_machine(tmp_path: Path) -> None:
    for place in (Path.home() / "x", Path.cwd() / "y", tmp_path / "z", Path(pytest.__file__)):
        assert str(place) not in hide(f"cannot read {place}: gone")
        assert str(place.parent) not in hide(f"cannot read {place}: gone")


def test_structures_are_gone_through(tmp_path: Path) -> None:
    document = {"a": [str(tmp_path), {"b": f"in {tmp_path}"}], "n": 1, "none": None, "yes": True}
    hidden = hide(document, state_dir=tmp_path)
    assert hidden == {
        "a": ["GENDERLENS_STATE_DIR", {"b": "in GENDERLENS_STATE_DIR"}],
        "n": 1,
        "none": None,
        "yes": True,
    }


def test_problem_documents_name_no_place(tmp_path: Path) -> None:
    settings: dict[str, Any] = {
        "state_dir": tmp_path / "state",
        "registry": str(tmp_path / "registry"),
        "gate_data": str(tmp_path / "nothing"),
        "samples": str(tmp_path / "pool"),
        "retrain_sources": {"mine": str(tmp_path / "mine")},
    }
    with warm_client(fake_app(open_predictor(), **settings)) as client:
        asked = [
            ("GET", "/models/compare?versions=none", None, "version_not_found"),
            ("GET", "/models/compare?versions=production", None, "version_not_found"),
            ("POST", "/models/none/promote", None, "version_not_found"),
            ("POST", "/models/..%5Cx/promote", None, "version_not_found"),
            ("PUT", "/models/traffic", {"weights": {"none": 1}}, "version_not_found"),
            ("POST", "/models/rollback", None, "registry_failed"),
            ("POST", "/predict?model=none", None, None),
            ("POST", "/retrain", {"source": "other"}, "job_conflict"),
            ("GET", "/jobs/none", None, "job_not_found"),
        ]
        for method, path, body, code in asked:
            answer = client.request(method, path, json=body)
            assert answer.status_code >= 400
            assert code in {None, answer.json()["code"]}, answer.text
            for place in (str(tmp_path), str(tmp_path.parent), str(Path.home()), str(Path.cwd())):
                assert place not in answer.text, path
        (tmp_path / "registry").mkdir(exist_ok=True)
        (tmp_path / "registry" / "aliases.json").write_text("broken")
        for path in ("/models", "/models/compare?versions=production"):
            answer = client.get(path)
            assert str(tmp_path) not in answer.text
            if answer.status_code >= 400:
                assert_problem(answer, answer.status_code, answer.json()["code"])


def test_a_machine_without_a_folder_for_temporary_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """A read-only root, or a full disk: what Python finds no such folder on."""

    def find_none() -> str:
        raise FileNotFoundError("No usable temporary directory found in ['/tmp', '/']")

    monkeypatch.setattr("tempfile.gettempdir", find_none)
    assert hide(f"no {Path.cwd() / 'y'}") == "no ./y"
