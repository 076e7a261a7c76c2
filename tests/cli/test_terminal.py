"""Tables and names, on terminals of every kind and in pipes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import photos
from genderlens.cli.app import app
from genderlens.cli.terminal import print_table

LONG = "/very/long/path/" + "folder/" * 20 + "picture.jpg"
ROWS = [(LONG, "male", "98.0%", ""), ("b.jpg", "unreadable", "", f"no file at {LONG}; check it")]


def in_a_pipe(*words: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "COLUMNS"))}
    return subprocess.run(
        [sys.executable, "-m", "genderlens", *words],
        cwd=folder,
        env=kept | environment,
        capture_output=True,
    )


@pytest.mark.parametrize("columns", ["20", "80", "120"])
def test_in_a_pipe_a_row_is_a_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    print_table(("picture", "answer", "confidence", "note"), ROWS)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[1].split() == [LONG, "male", "98.0%"]
    assert lines[2].rstrip().endswith(f"no file at {LONG}; check it")


def test_on_a_terminal_words_wrap_and_none_is_broken(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    print_table(("picture", "answer", "confidence", "note"), ROWS)
    out = capsys.readouterr().out
    assert out.count(LONG) == 2
    print_table(("name", "note"), [("a", "word " * 40)])
    wrapped = capsys.readouterr().out
    assert wrapped.count("word") == 40
    assert len(wrapped.splitlines()) > 2


def test_an_empty_table_has_its_header(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("a", "b"), [])
    assert capsys.readouterr().out.split() == ["a", "b"]


def test_help_shows_what_stands_in_brackets() -> None:
    assert "(extra [ui])" in CliRunner().invoke(app, ["ui", "--help"]).output
    whole = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200"}).output
    assert "[ui]" in whole
    for command in ("label", "evaluate", "data", "keys", "models", "predict"):
        shown = CliRunner().invoke(app, [command, "--help"])
        assert shown.exit_code == 0
        assert "Usage:" in shown.output
    assert "[SOURCE]" in CliRunner().invoke(app, ["label", "--help"]).output


@pytest.mark.parametrize(
    "locale",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "C"},
    ],
)
def test_a_name_that_the_locale_cannot_write_costs_no_answer(
    locale: dict[str, str], tmp_path: Path
) -> None:
    picture = photos.encode(photos.portrait())
    names = [os.fsencode("Zoë.jpg"), b"caf\xe9.jpg", b"z.jpg"]
    for name in names:
        (tmp_path / os.fsdecode(name)).write_bytes(picture)
    done = in_a_pipe("predict", str(tmp_path), folder=tmp_path, **locale)
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    assert len(done.stdout.splitlines()) == 4
    assert done.stdout.count(b"female") + done.stdout.count(b"uncertain") == 3
    missing = in_a_pipe("data", "inspect", "Zoë", folder=tmp_path, **locale)
    assert missing.returncode == 4
    assert b"Traceback" not in missing.stderr


def test_help_needs_nothing_that_takes_long_to_import() -> None:
    code = "import sys, genderlens.cli.app; print({'numpy', 'pydantic'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "set()\n", done.stderr
