from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from genderlens import load_predictor
from genderlens.errors import SettingsError
from genderlens.settings import (
    ALIASES,
    InferenceSettings,
    Settings,
    load_environment,
    load_settings,
    unread_env_file,
)


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
    monkeypatch.setenv("GENDERLENS_ENV_FILE", ".env")
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


BESIDE_ANSWERS = frozenset(
    [
        "threads",
        "workers",
        "host",
        "port",
        "share_port",
        "device",
        "history_attributes",
        "own_port",
        "max_body_bytes",
        "max_batch_body_bytes",
        "max_batch_files",
        "max_queue",
        "max_wait_s",
        "deadline_s",
        "body_timeout_s",
        "auth",
        "rate_limit",
        "rate_limit_url",
        "cors_origins",
        "allowed_hosts",
        "state_dir",
        "database_url",
        "history",
        "history_days",
        "history_queue",
        "samples",
        "max_samples",
        "cache_dir",
        "registry",
        "registry_poll_s",
        "gate_data",
        "gate_split",
        "gate_by",
        "gate_faces",
        "gate_min_group",
        "gate_accuracy_drop",
        "gate_group_drop",
        "gate_max_ece",
        "gate_max_latency_ms",
        "gate_max_slowdown",
        "jobs_dir",
        "jobs_here",
        "jobs_waiting",
        "retrain_sources",
        "retrain_recipe",
        "retrain_python",
        "api_url",
        "reports_dir",
        "log_format",
        "log_level",
        "otlp_endpoint",
        "data_dir",
        "model_time_s",
        "model_memory_bytes",
        "body_memory_bytes",
        "keep_alive_s",
        "root_path",
        "trusted_proxies",
    ]
)


def test_every_setting_is_known_to_change_an_answer_or_not() -> None:
    """A new one that changes answers belongs into InferenceSettings, any other into this list."""
    assert set(Settings.model_fields) - set(InferenceSettings.model_fields) == BESIDE_ANSWERS
    assert {"faces", "tta", "precision", "max_pixels"} <= set(Settings().decisive)


def test_what_was_given_is_told_apart_from_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENDERLENS_TTA", "flip")
    assert load_settings(faces="single", port=9001).given == {"faces": "single", "tta": "flip"}


def test_importing_the_module_reads_no_environment() -> None:
    command = [sys.executable, "-c", "import genderlens.settings"]
    environment = {**os.environ, "GENDERLENS_PORT": "not a number"}
    assert subprocess.run(command, env=environment).returncode == 0


OTHER_NAMES = {
    "MODEL_BUCKET": "faces",
    "MODEL_PREFIX": "models/mine/",
    "API_HOST": "0.0.0.0",
    "API_PORT": "9001",
    "DEBUG": "true",
    "ALLOWED_ORIGINS": "http://localhost:3000,http://localhost:8080",
}


def test_the_names_of_reference_system_001_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(OTHER_NAMES) == set(ALIASES)
    for name, value in OTHER_NAMES.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert settings.model == "s3://faces/models/mine"
    assert (settings.host, settings.port) == ("0.0.0.0", 9001)
    assert settings.cors_origins == "http://localhost:3000,http://localhost:8080"


def test_they_are_read_from_the_env_file_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"{name}={value}\n" for name, value in OTHER_NAMES.items()]
    (tmp_path / ".env").write_text("".join(lines))
    monkeypatch.setenv("GENDERLENS_ENV_FILE", ".env")
    monkeypatch.setenv("API_PORT", "9002")
    settings = load_settings()
    assert (settings.model, settings.port) == ("s3://faces/models/mine", 9002)


def test_our_own_names_win_wherever_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("GENDERLENS_MODEL=default\nGENDERLENS_PORT=9000\n")
    monkeypatch.setenv("GENDERLENS_ENV_FILE", str(tmp_path / ".env"))
    for name, value in OTHER_NAMES.items():
        monkeypatch.setenv(name, value)
    settings = load_settings(host="127.0.0.1")
    assert (settings.model, settings.host, settings.port) == ("default", "127.0.0.1", 9000)


def test_debug_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = load_settings()
    for value in ("true", "1", "*", "app:*"):
        monkeypatch.setenv("DEBUG", value)
        assert load_settings() == plain


def test_a_prefix_needs_its_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_BUCKET", "faces")
    assert load_settings().model == "s3://faces"
    monkeypatch.delenv("MODEL_BUCKET")
    monkeypatch.setenv("MODEL_PREFIX", "models/mine")
    with pytest.raises(SettingsError, match="without MODEL_BUCKET; set both, or GENDERLENS_MODEL"):
        load_settings()
    assert load_settings(model="default").model == "default"


def test_a_fault_names_the_other_name_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_PORT", "high")
    with pytest.raises(SettingsError, match=r"GENDERLENS_PORT='high': .*API_PORT too"):
        load_settings()


HOSTILE = """GENDERLENS_RETRAIN_PYTHON=/tmp/evil
GENDERLENS_HOST=0.0.0.0
GENDERLENS_AUTH=open
GENDERLENS_PORT=9001
API_PORT=9002
"""


def test_a_file_that_nobody_named_says_nothing(tmp_path: Path) -> None:
    plain = load_settings()
    (tmp_path / ".env").write_text(HOSTILE)
    assert load_settings() == load_environment() == Settings() == plain
    assert unread_env_file() == Path(".env")


def test_the_library_reads_no_file_even_where_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("GENDERLENS_THREADS=3\nGENDERLENS_FACES=largest\n")
    monkeypatch.setenv("GENDERLENS_ENV_FILE", ".env")
    assert load_settings().faces == "largest"
    assert unread_env_file() is None
    assert load_environment().faces == "single"
    assert load_predictor().settings.faces == "single"


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", "folder"])
def test_a_named_file_that_cannot_be_read_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | str | None
) -> None:
    path = tmp_path / "settings.env"
    if content == "folder":
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    monkeypatch.setenv("GENDERLENS_ENV_FILE", str(path))
    with pytest.raises(SettingsError, match=r"settings\.env' cannot be read: .*KEY=VALUE"):
        load_settings()
    assert load_environment().port == 8000


@pytest.mark.parametrize(
    ("name", "near"), [("FACE", "FACES"), ("PRECISON", "PRECISION"), ("MAX_PIXEL", "MAX_PIXELS")]
)
def test_a_variable_that_is_no_setting_is_refused(
    name: str, near: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = f"GENDERLENS_{name} is no setting; did you mean 'GENDERLENS_{near}'"
    monkeypatch.setenv(f"GENDERLENS_{name}", "x")
    with pytest.raises(SettingsError, match=said):
        load_settings()


def test_a_setting_of_before_is_refused_with_what_is_so_instead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(SettingsError, match=r"no setting any more: .*GENDERLENS_DATABASE_URL"):
        load_settings(jobs_url="redis://127.0.0.1/1")
    monkeypatch.setenv("GENDERLENS_JOBS_URL", "redis://127.0.0.1/1")
    with pytest.raises(SettingsError, match=r"^GENDERLENS_JOBS_URL is no setting any more: "):
        load_settings()


def test_variables_of_others_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENDERLENS_URL", "http://127.0.0.1:9000")
    monkeypatch.setenv("GENDERLENSES", "two")
    assert load_settings().port == 8000


def test_an_argument_that_is_no_setting_is_refused() -> None:
    with pytest.raises(SettingsError, match="'face' is no setting; did you mean 'faces'"):
        load_settings(face="all")
    with pytest.raises(SettingsError, match=r"'xyzzy' is no setting; see docs"):
        load_settings(xyzzy=1)


@pytest.mark.parametrize(
    ("name", "value", "near"), [("faces", "ALL", "all"), ("tta", "flips", "flip")]
)
def test_a_value_that_is_no_choice_suggests_the_near_one(name: str, value: str, near: str) -> None:
    with pytest.raises(SettingsError, match=f"did you mean '{near}'"):
        load_settings(**{name: value})
