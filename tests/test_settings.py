from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from genderlens.errors import SettingsError
from genderlens.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_defaults_work_without_any_environment() -> None:
    settings = load_settings()
    assert (settings.model, settings.faces, settings.port) == ("default", "single", 8000)


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENDERLENS_PORT", "9001")
    assert load_settings().port == 9001


def test_the_environment_wins_over_the_env_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("GENDERLENS_PORT=9001\nGENDERLENS_THREADS=3\nOTHER=1\n")
    monkeypatch.setenv("GENDERLENS_PORT", "9002")
    settings = load_settings()
    assert (settings.port, settings.threads) == (9002, 3)


def test_an_argument_wins_and_none_means_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENDERLENS_PORT", "9001")
    assert load_settings(port=9003, faces=None).port == 9003
    assert load_settings(port=None).port == 9001


def test_every_fault_is_named_with_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENDERLENS_PORT", "high")
    monkeypatch.setenv("GENDERLENS_FACES", "several")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "GENDERLENS_PORT='high': " in caught.value.message
    assert "GENDERLENS_FACES='several': " in caught.value.message


@pytest.mark.parametrize(
    ("name", "value"),
    [("abstain_below", 0.4), ("face_min_score", 1.1), ("threads", 0), ("port", 70_000)],
)
def test_values_that_cannot_work_are_refused(name: str, value: float) -> None:
    with pytest.raises(SettingsError, match=f"GENDERLENS_{name.upper()}={value}"):
        load_settings(**{name: value})


def test_two_ways_to_say_when_to_abstain_contradict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENDERLENS_ABSTAIN_BELOW", "0.8")
    with pytest.raises(SettingsError, match=r"GENDERLENS_TARGET_ERROR=0\.01: .*set one of them"):
        load_settings(target_error=0.01)


def test_every_setting_is_described() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_importing_the_module_reads_no_environment() -> None:
    command = [sys.executable, "-c", "import genderlens.settings"]
    environment = {**os.environ, "GENDERLENS_PORT": "not a number"}
    assert subprocess.run(command, env=environment).returncode == 0
