"""How many files a newcomer walks through to follow the two main paths.

A file counts that hands the work on to another one. Ends are left out: the name of their function
says what they do, and the walk does not go on from there. So is plain data (``PLAIN_DATA``).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from genderlens.cli.app import app
from genderlens.inference.predictor import create_predictor
from genderlens.labelling import run
from genderlens.service.app import create_app
from genderlens.settings import load_settings
from labelling.jobs import inline
from service.serving import portrait_jpeg, warm_client
from walks import Walk

AROUND_ROUTES = ("service/middleware/", "service/errors.py")
"""What stands around every route and is walked once for all."""
BELOW_THE_PREDICTOR = ("detection/", "inference/", "pictures/")
"""What labelling hands a picture to; it is walked with ``POST /predict``."""


def test_a_prediction_is_walked_through_few_files() -> None:
    walk, portrait = Walk(), portrait_jpeg()
    with walk.listening(), warm_client(create_app(load_settings())) as client:
        client.post("/predict", files={"file": ("first.jpg", portrait)})
        with walk.following():
            answer = client.post("/predict", files={"file": ("second.jpg", portrait)})
    assert answer.json()["outcome"] == "classified"
    crossed = walk.crossed(*AROUND_ROUTES)
    assert {"service/routes/predict.py", "inference/predictor.py", "detection/faces.py"} <= crossed
    assert len(crossed) <= 25, sorted(crossed)


def test_labelling_is_walked_through_few_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jpg").write_bytes(portrait_jpeg())
    predictor = create_predictor(load_settings())
    monkeypatch.setattr(run, "load_engine", lambda _: inline(predictor))  # type: ignore[arg-type]
    walk = Walk()
    with walk.listening(), walk.following():
        result = CliRunner().invoke(
            app, ["label", str(tmp_path / "in"), "--out", str(tmp_path / "out")]
        )
    assert result.exit_code == 0, result.output
    crossed = walk.crossed(*BELOW_THE_PREDICTOR)
    assert {"cli/label.py", "labelling/run.py", "labelling/shard.py"} <= crossed
    assert len(crossed) <= 30, sorted(crossed)
