"""Whoever sent a photo can withdraw it, and then nothing is left of it anywhere."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import photos
from genderlens.data import decoded
from genderlens.data.readers import read_source
from genderlens.heads.default import GENDER
from genderlens.history.database import open_database
from genderlens.history.tables import FEEDBACK, SAMPLE_SOURCES, SAMPLES
from genderlens.settings import load_settings
from genderlens.training.inputs.pixels import PixelSpec, load_pixels
from service.keyed import Caller, callers
from service.serving import assert_problem

PHOTOS = [photos.encode(photos.crowd(count)) for count in (1, 2, 3)]


@pytest.fixture
def place(tmp_path: Path) -> dict[str, Any]:
    return {"samples": str(tmp_path / "pool"), "cache_dir": tmp_path / "cache"}


def send(caller: Caller, content: bytes, label: str = "female") -> tuple[str, str]:
    """Predict and correct with the picture; the identifiers of prediction and sample."""
    identity = caller.predict(content).json()["id"]
    parts = {"data": {"label": label}, "files": {"file": ("x", content)}}
    answer = caller.ask("POST", f"/predictions/{identity}/feedback", **parts)
    assert answer.status_code == 200, answer.text
    return identity, answer.json()["sample"]


def stored(place: dict[str, Any]) -> list[str]:
    return sorted(path.stem for path in Path(place["samples"]).rglob("*") if path.is_file())


def rows(place: dict[str, Any]) -> dict[str, int]:
    database = open_database(load_settings(**place))
    with database.begin() as connection:
        counts = {
            table.name: len(connection.execute(table.select()).all())
            for table in (FEEDBACK, SAMPLES, SAMPLE_SOURCES)
        }
    database.close()
    return counts


def test_with_the_prediction_goes_the_photo(place: dict[str, Any]) -> None:
    with callers("predict", "predict", **place) as (mine, other):
        identity, sample = send(mine, PHOTOS[0])
        assert stored(place) == [sample]
        assert_problem(other.ask("DELETE", f"/predictions/{identity}"), 404, "not_found")
        assert stored(place) == [sample]
        assert mine.ask("DELETE", f"/predictions/{identity}").status_code == 204
        assert stored(place) == []
        assert rows(place) == {"feedback": 0, "samples": 0, "sample_sources": 0}


def test_admin_may_delete_for_somebody_who_asks(place: dict[str, Any]) -> None:
    with callers("predict", "admin", **place) as (mine, admin):
        identity, _ = send(mine, PHOTOS[0])
        assert admin.ask("DELETE", f"/predictions/{identity}").status_code == 204
        assert stored(place) == []


def test_a_predict_key_deletes_the_sample_that_it_sent_and_no_other(place: dict[str, Any]) -> None:
    with callers("predict", "predict", **place) as (mine, other):
        identity, sample = send(mine, PHOTOS[0])
        assert_problem(other.ask("DELETE", f"/samples/{sample}"), 404, "not_found")
        assert mine.ask("DELETE", f"/samples/{sample}").status_code == 204
        assert stored(place) == []
        assert mine.ask("GET", f"/predictions/{identity}").json()["feedback"] == "female"
        # Reading how many there are, and adding some, stays with the scope train.
        assert_problem(mine.ask("GET", "/samples"), 403, "forbidden")
        parts = {"data": {"label": "male"}, "files": {"file": ("x", PHOTOS[0])}}
        assert_problem(mine.ask("POST", "/samples", **parts), 403, "forbidden")


def test_what_another_key_sent_is_taken_from_nobody(place: dict[str, Any]) -> None:
    with callers("predict", "predict+train", **place) as (mine, other):
        identity, sample = send(mine, PHOTOS[0])
        for label in GENDER.labels:
            parts = {"data": {"label": label}, "files": {"file": ("x", PHOTOS[0])}}
            assert_problem(other.ask("POST", "/samples", **parts), 409, "label_conflict")
        assert other.ask("DELETE", "/samples", params={"all": True}).json() == {"deleted": 0}
        assert stored(place) == [sample]
        assert mine.ask("DELETE", f"/predictions/{identity}").status_code == 204
        assert stored(place) == []
        assert other.ask("POST", "/samples", **parts).status_code == 201


def test_one_photo_of_two_predictions_goes_with_the_second(place: dict[str, Any]) -> None:
    with callers("predict", **place) as (mine,):
        first, sample = send(mine, PHOTOS[0])
        second, _ = send(mine, PHOTOS[0])
        assert mine.ask("DELETE", f"/predictions/{first}").status_code == 204
        assert stored(place) == [sample]
        assert mine.ask("DELETE", f"/predictions/{second}").status_code == 204
        assert stored(place) == []


def test_many_at_once_take_their_photos_along(place: dict[str, Any]) -> None:
    later = {"until": "2999-01-01T00:00:00Z"}
    with callers("predict", "predict", **place) as (mine, other):
        for content in PHOTOS[:2]:
            send(mine, content)
        mine.predict(PHOTOS[2])
        kept = send(other, PHOTOS[2])[1]
        assert mine.ask("DELETE", "/predictions", params=later).json() == {"deleted": 3}
        assert stored(place) == [kept]


def test_copies_that_training_made_go_too(place: dict[str, Any], tmp_path: Path) -> None:
    with callers("predict", **place) as (mine,):
        identity, _ = send(mine, PHOTOS[0])
        send(mine, PHOTOS[1], "male")
        manifest = read_source(place["samples"])
        pixels = load_pixels(manifest, PixelSpec.square(32), place["cache_dir"])
        strange = place["cache_dir"] / "pixels-of-an-earlier-version.npy"
        np.save(strange, np.zeros(3))
        assert len(list(place["cache_dir"].iterdir())) == 2
        _let_go()
        assert mine.ask("DELETE", f"/predictions/{identity}").status_code == 204
        assert list(place["cache_dir"].iterdir()) == []
        assert pixels.shape == (2, 32, 32, 3)


def _let_go() -> None:
    """As the end of the process that trained does."""
    while decoded._HELD:
        os.close(decoded._HELD.pop())


def test_only_its_owner_reads_the_pool(place: dict[str, Any]) -> None:
    with callers("predict", **place) as (mine,):
        send(mine, PHOTOS[0])
    pool = Path(place["samples"])
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (pool, *pool.rglob("*"))}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


def test_a_pool_that_is_no_longer_named_is_not_forgotten(place: dict[str, Any]) -> None:
    with callers("admin", **place) as (admin,):
        identity, sample = send(admin, PHOTOS[0])
        plain = admin.predict(PHOTOS[1]).json()["id"]
    with callers("admin", cache_dir=place["cache_dir"]) as (admin,):
        answer = admin.ask("DELETE", f"/predictions/{identity}")
        assert "GENDERLENS_SAMPLES" in assert_problem(answer, 403, "turned_off")["detail"]
        assert admin.ask("DELETE", f"/predictions/{plain}").status_code == 204
        assert admin.ask("GET", f"/predictions/{identity}").status_code == 200
    assert stored(place) == [sample]
