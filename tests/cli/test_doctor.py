"""What the doctor finds, says and ends with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from genderlens.bundle import INT8_MODEL, MODEL
from genderlens.cli.app import app
from genderlens.cpus import read_cpu
from genderlens.history.database import open_database
from genderlens.history.keys import create_key
from genderlens.registry.store import open_registry
from genderlens.settings import load_settings
from tiny_bundles import alter_weight, make_bundle, make_int8_bundle


def ask(*arguments: str) -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(app, ["doctor", "--json", *arguments], catch_exceptions=False)
    document: dict[str, Any] = json.loads(done.stdout)
    return done.exit_code, document


def named(document: dict[str, Any], section: str, name: str) -> list[dict[str, Any]]:
    return [finding for finding in document[section] if finding["name"] == name]


@pytest.fixture
def sound(tmp_path: Path) -> str:
    return str(make_int8_bundle(tmp_path / "sound", "sound").path)


def test_where_all_works_it_ends_with_0(sound: str) -> None:
    code, found = ask("--model", sound)
    assert (code, found["faults"]) == (0, 0)
    (cpu,) = named(found, "machine", "CPU")
    assert cpu["features"] == read_cpu().features
    (answers,) = named(found, "model", "graph")
    assert answers["answers"] == answers["wanted"] == INT8_MODEL
    for name in (MODEL, INT8_MODEL):
        (graph,) = named(found, "model", name)
        assert graph["verdict"] == "passed"
        assert 0 <= graph["gap"] < graph["bound"]
        assert graph["took_ms"] > 0
    for name in ("genderlens", "Python", "ONNX Runtime", "numpy", "Pillow", "devices"):
        assert named(found, "software", name)
    (folder,) = named(found, "state", "state folder")
    assert folder["free_bytes"] > 0
    (keys,) = named(found, "service", "keys")
    assert keys["text"].startswith("open: ")


def test_it_fits_80_columns_in_a_pipe_and_says_why(sound: str) -> None:
    done = CliRunner().invoke(app, ["doctor", "--model", sound], catch_exceptions=False)
    lines = done.stdout.splitlines()
    words = [line for line in lines if "/" not in line and "\\" not in line]
    assert max(map(len, words)) <= 80
    assert "\x1b" not in done.stdout
    assert [line for line in lines if line and line[0] != " "] == [
        "machine",
        "software",
        "model",
        "state",
        "service",
        "nothing stands in the way",
    ]


def test_int8_that_is_off_is_no_fault_for_fp32_answers(tmp_path: Path) -> None:
    bundle = alter_weight(make_int8_bundle(tmp_path / "off", "off"), INT8_MODEL)
    code, found = ask("--model", str(bundle.path))
    assert code == 0
    (answers,) = named(found, "model", "graph")
    assert (answers["state"], answers["answers"], answers["wanted"]) == ("note", MODEL, INT8_MODEL)
    assert "is off by" in answers["text"]
    assert answers["way_out"]
    (graph,) = named(found, "model", INT8_MODEL)
    assert (graph["state"], graph["verdict"]) == ("note", "off")
    assert graph["gap"] > graph["bound"]


def test_a_bundle_that_cannot_answer_is_a_fault(tmp_path: Path) -> None:
    bundle = make_int8_bundle(tmp_path / "off", "off")
    for name in (INT8_MODEL, MODEL):
        bundle = alter_weight(bundle, name)
    code, found = ask("--model", str(bundle.path))
    assert (code, found["faults"]) == (3, 1)
    (answers,) = named(found, "model", "graph")
    assert answers["state"] == "fault"
    assert answers["way_out"].startswith("copy the bundle again")


def test_a_bundle_of_before_is_noted(tmp_path: Path) -> None:
    code, found = ask("--model", str(make_bundle(tmp_path / "old", "old")))
    (graph,) = named(found, "model", MODEL)
    assert (code, graph["state"], graph["verdict"]) == (0, "note", "none")
    assert "holds no golden inputs" in graph["text"]


def test_a_reference_that_leads_nowhere_is_a_fault_and_the_rest_is_told(tmp_path: Path) -> None:
    code, found = ask("--model", str(tmp_path / "none"))
    assert code == 3
    (bundle,) = named(found, "model", "bundle")
    assert (bundle["state"], bundle["code"]) == ("fault", "bundle_not_found")
    assert "genderlens export" in bundle["way_out"]
    assert named(found, "state", "database")


def test_every_bundle_of_an_ensemble_and_of_a_split_is_looked_at(
    tmp_path: Path, sound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = str(make_bundle(tmp_path / "other", "other"))
    _, found = ask("--model", f"{sound},{other}")
    assert [f["bundle"] for f in named(found, "model", "graph")] == ["sound-1", "other-1"]
    monkeypatch.setenv("GENDERLENS_REGISTRY", str(tmp_path / "registry"))
    registry = open_registry(load_settings())
    for path in (sound, other):
        registry.add(Path(path))
    registry.change(
        lambda state: state.promoted("other-1").with_changes(
            traffic={"sound-1": 1.0, "other-1": 1.0}
        )
    )
    _, found = ask("--model", "registry:production")
    assert {f["bundle"] for f in named(found, "model", "graph")} == {"sound-1", "other-1"}


def test_where_nobody_has_a_key_the_way_to_one_is_shown(
    sound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENDERLENS_HOST", "0.0.0.0")
    code, found = ask("--model", sound)
    (keys,) = named(found, "service", "keys")
    assert (code, keys["state"]) == (3, "fault")
    assert "genderlens keys create" in keys["way_out"]
    database = open_database(load_settings())
    create_key(database, "somebody", frozenset({"predict"}))
    database.close()
    assert ask("--model", sound)[0] == 0


def test_open_on_every_address_is_noted(sound: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENDERLENS_HOST", "0.0.0.0")
    monkeypatch.setenv("GENDERLENS_AUTH", "open")
    (keys,) = named(ask("--model", sound)[1], "service", "keys")
    assert keys["state"] == "note"


@pytest.mark.parametrize("name", ["STATE_DIR", "CACHE_DIR"])
def test_a_folder_that_cannot_be_is_a_fault(
    sound: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv(f"GENDERLENS_{name}", str(tmp_path / "file" / "below"))
    code, found = ask("--model", sound)
    faults = [finding for finding in found["state"] if finding["state"] == "fault"]
    assert code == 3
    assert f"GENDERLENS_{name}" in faults[0]["way_out"]


def test_a_database_that_does_not_answer_is_a_fault(
    sound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "postgresql://nobody:secret@127.0.0.1:1/none"
    monkeypatch.setenv("GENDERLENS_DATABASE_URL", address)
    code, found = ask("--model", sound)
    (database,) = named(found, "state", "database")
    assert (code, database["state"]) == (3, "fault")
    assert "does not answer" in database["text"]
    assert "secret" not in json.dumps(found)


def test_nothing_is_made(sound: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENDERLENS_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("GENDERLENS_CACHE_DIR", str(tmp_path / "cache"))
    assert ask("--model", sound)[0] == 0
    assert not (tmp_path / "state").exists()
    assert not (tmp_path / "cache").exists()
