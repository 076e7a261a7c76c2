"""The commands in README and in the guides exist, with the options that they are shown with."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from genderlens.cli.app import app

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
OPERATORS = {"&", "&&", "|", "||", ">", ">>", ";"}
ROOT_COMMAND: Any = typer.main.get_command(app)


def commands(page: Path) -> Iterator[list[str]]:
    """The words behind ``genderlens`` in each line of shell."""
    for block in re.findall(r"^```(?:sh|bash)\n(.*?)^```", page.read_text("utf-8"), re.S | re.M):
        for line in block.replace("\\\n", " ").splitlines():
            if line.strip() and Path(line.split()[0]).name == "genderlens":
                words = shlex.split(line, comments=True)
                end = next((i for i, word in enumerate(words) if word in OPERATORS), None)
                yield words[1:end]


def cases() -> Iterator[Any]:
    for page in PAGES:
        if page.parent.name != "reference":
            for words in commands(page):
                yield pytest.param(words, id=f"{page.name}: {' '.join(words)[:60]}")


@pytest.mark.parametrize("words", list(cases()))
def test_the_command_takes_these_options(words: list[str]) -> None:
    command, rest = ROOT_COMMAND, list(words)
    if rest[0] == "--env-file":
        del rest[:2]
    while hasattr(command, "commands"):
        assert rest[0] in command.commands, f"no command {rest[0]!r}"
        command = command.commands[rest.pop(0)]
    known = {name for p in command.params for name in (*p.opts, *p.secondary_opts)}
    used = {word.partition("=")[0] for word in rest if word.startswith("-") and word != "-"}
    assert used <= known, used - known


def test_there_are_commands_to_check() -> None:
    assert len(list(cases())) >= 20
