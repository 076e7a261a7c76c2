from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from genderlens.bundle import default_bundle_path, load_bundle
from genderlens.inference import drift as windows
from genderlens.inference.drift_reference import (
    REFERENCE,
    Reference,
    learn_histogram,
    write_reference,
)
from genderlens.inference.inputs import INPUTS
from genderlens.service.app import create_app
from genderlens.settings import load_settings
from service.serving import fake_app, open_predictor, warm_client


def _served(folder: Path) -> str:
    """The shipped bundle beside a reference that is darker and smaller than any photo."""
    shutil.copytree(default_bundle_path(), folder)
    values = [index / 10_000 for index in range(1000)]
    inputs = dict.fromkeys(INPUTS, learn_histogram(values))
    write_reference(load_bundle(str(folder)), Reference(data="d", faces=1000, inputs=inputs))
    return str(folder)


def _values(client: TestClient, name: str) -> dict[str, float]:
    families = text_string_to_metric_families(client.get("/metrics").text)
    samples = [sample for family in families for sample in family.samples if sample.name == name]
    return {sample.labels.get("input", ""): sample.value for sample in samples}


def test_faces_are_counted_and_drift_is_told(
    tmp_path: Path, portrait: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windows, "MIN_FACES", 3)
    app = create_app(load_settings(model=_served(tmp_path / "bundle")))
    with warm_client(app) as client:
        for count in (1, 2, 3):
            assert _values(client, "genderlens_input_drift_psi") == {}
            answer = client.post("/predict", files={"file": ("a.jpg", portrait)})
            assert answer.status_code == 200
            assert _values(client, "genderlens_input_window_faces") == {"": count}
        drift = _values(client, "genderlens_input_drift_psi")
        assert set(drift) == set(INPUTS)
        assert drift["side"] > windows.SHIFTED
        assert set(_values(client, "genderlens_input_value_count").values()) == {3.0}
        mean = _values(client, "genderlens_input_value_sum")["confidence"] / 3
        assert mean == pytest.approx(answer.json()["confidence"], abs=1e-6)


def test_a_bundle_without_reference_is_served_and_not_watched() -> None:
    with warm_client(fake_app(open_predictor())) as client:
        assert client.post("/predict", files={"file": ("a", b"x")}).status_code == 200
        assert _values(client, "genderlens_input_window_faces") == {}


def test_a_broken_reference_is_logged_and_everything_else_works(
    tmp_path: Path, portrait: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    folder = Path(_served(tmp_path / "bundle"))
    (folder / REFERENCE).write_text("{}", "utf-8")
    from genderlens.bundle import write_bundle

    write_bundle(folder, load_bundle().description)
    with warm_client(create_app(load_settings(model=str(folder)))) as client:
        assert client.post("/predict", files={"file": ("a.jpg", portrait)}).status_code == 200
        assert _values(client, "genderlens_input_window_faces") == {}
    assert "is not watched" in caplog.text
