"""Bundles side by side, in a few rounds."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from genderlens.bundle import INT8_MODEL, load_bundle
from genderlens.cli.app import app
from genderlens.cpus import read_cpu
from genderlens.detection.faces import CenterFace
from genderlens.errors import BundleError, SettingsError
from genderlens.export.benchmark import measuring as benchmark
from genderlens.export.benchmark.kinds import PLAIN, SERVES
from genderlens.export.benchmark.measuring import run_benchmark, summarize
from genderlens.export.benchmark.photo import MIN_SCORE, draw_photo
from genderlens.pictures.imaging import decode_image
from tiny_bundles import alter_weight, make_int8_bundle

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark, "BATCHES", (1, 4))
    monkeypatch.setattr(benchmark, "_STARTS", 1)
    monkeypatch.setattr(benchmark, "KIND_ROUNDS", 1)
    monkeypatch.setattr(benchmark, "usable_cpus", lambda: 1)


@pytest.mark.usefixtures("quick")
def test_the_command_measures_and_writes(tmp_path: Path) -> None:
    arguments = ["benchmark", "default", "--rounds", "5", "--out", str(tmp_path / "out"), "--json"]
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    found = json.loads((tmp_path / "out" / "benchmark.json").read_text("utf-8"))
    assert read_cpu().summary in found["machine"]
    name = next(name for name in found["end_to_end"] if "fp32" in name)
    assert {name, f"{load_bundle().version} torch eager"} <= set(found["model"]["1"])
    assert set(found["model"]["1"][name]) == {"1", "4"}
    row = found["end_to_end"][name]
    assert set(row["stages_ms"]) == {"decode", "detect", "classify"}
    assert 0 < row["p50_ms"] <= row["p95_ms"] <= row["p99_ms"]
    assert {kind: len(ways) for kind, ways in found["kinds"].items()} == {
        "portrait": 5,
        "group": 5,
        "far face": 5,
        "nobody": 5,
        "12 megapixels": 4,
    }
    portrait = found["kinds"]["portrait"]
    assert portrait[SERVES]["ratio"] == 1.0
    assert portrait[PLAIN]["ratio"] > 3
    assert 20e6 < found["cold"][name]["peak_memory_bytes"] < 1e9
    assert found["cold"][name]["first_answer_s"] > 0.1
    assert found["bytes"][load_bundle().version]["all"] > 1e6
    assert (tmp_path / "out" / "benchmark.png").read_bytes().startswith(b"\x89PNG")


def test_an_int8_graph_that_is_off_here_is_left_out(tmp_path: Path) -> None:
    """It would be timed as the FP32 graph that answers in its place."""
    sound = make_int8_bundle(tmp_path / "sound", "sound")
    off = alter_weight(make_int8_bundle(tmp_path / "off", "off"), INT8_MODEL)
    variants, left_out = benchmark.list_variants([sound, off])
    assert [v.name for v in variants] == ["sound-1 fp32", "sound-1 int8 (serves)", "off-1 fp32"]
    (notice,) = left_out
    assert notice.startswith("off-1: model.int8.onnx is off by ")
    assert notice.endswith("; it is not measured")


def test_percentiles_and_rate() -> None:
    latency = summarize([0.001] * 90 + [0.002] * 10, batch=8)
    assert (latency.p50_ms, latency.p99_ms, latency.per_second) == (1.0, 2.0, 8000.0)


def test_the_drawn_face_is_found() -> None:
    image = decode_image(draw_photo(*benchmark.PHOTO_SIZE))
    assert image.size == benchmark.PHOTO_SIZE
    (face,) = CenterFace(min_score=MIN_SCORE).detect(image)
    assert 0.3 < face.box.height / image.height < 0.8


def test_one_version_twice_is_refused() -> None:
    with pytest.raises(BundleError, match="two bundles have one version"):
        run_benchmark([load_bundle(), load_bundle()])


def test_a_photo_that_is_not_there_is_named(tmp_path: Path) -> None:
    arguments = ["benchmark", "default", "--photo", str(tmp_path / "none.jpg")]
    done = CliRunner().invoke(app, arguments)
    assert isinstance(done.exception, SettingsError)


@pytest.mark.usefixtures("quick")
def test_it_says_beforehand_how_long_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def begin(*arguments: object) -> dict[str, object]:
        assert told, "the work began before the estimate was told"
        raise KeyboardInterrupt

    monkeypatch.setattr(benchmark, "_model", begin)
    with pytest.raises(KeyboardInterrupt):
        run_benchmark([load_bundle()], rounds=5, tell=told.append)
    (line,) = told
    assert re.fullmatch(r"measuring [12] graphs: about \d+ (s|min)", line), line


@pytest.mark.parametrize(
    ("seconds", "words"), [(1.0, "5 s"), (42.0, "40 s"), (89.0, "90 s"), (200.0, "3 min")]
)
def test_seconds_are_rounded_as_people_say_them(seconds: float, words: str) -> None:
    assert benchmark.describe_seconds(seconds) == words
