"""``.env.example`` is what the settings say, and every line of it works."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from genderlens.settings import ALIASES, Settings, load_settings

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / ".env.example"
TEXT = EXAMPLE.read_text("utf-8") if EXAMPLE.is_file() else ""


def test_it_is_what_make_docs_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(ROOT / "docs"), *sys.path])
    from derived.env_example import env_example

    assert env_example() == TEXT


def test_every_setting_stands_in_it() -> None:
    named = re.findall(r"^#(GENDERLENS_[A-Z_]+)=", TEXT, re.MULTILINE)
    assert named == [f"GENDERLENS_{name.upper()}" for name in Settings.model_fields]
    assert all(f"\n#{name}=\n" in TEXT for name in ALIASES)


def test_copied_as_it_is_it_changes_nothing() -> None:
    assert all(line.startswith("#") for line in TEXT.splitlines() if line)


def test_its_defaults_are_taken_when_uncommented(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = re.findall(r"^#(GENDERLENS_[A-Z_]+=.+)$", TEXT, re.MULTILINE)
    assert len(lines) > 30
    (tmp_path / ".env").write_text("\n".join(lines))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GENDERLENS_STATE_DIR")
    plain = load_settings()
    monkeypatch.setenv("GENDERLENS_ENV_FILE", ".env")
    assert load_settings() == plain
    (tmp_path / ".env").write_text("GENDERLENS_PORT=9001\n")
    assert load_settings() != plain, "the file is not read at all"


def test_it_is_committed_and_env_is_not() -> None:
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert ".env" in ignored
    assert ".env.example" not in ignored
