"""A program that embeds Python chooses the interpreter of what we start."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from genderlens.guests.interpreter import find_interpreter
from genderlens.guests.process import Guests

CHOSEN = "multiprocessing.spawn._python_exe"


def test_it_is_the_one_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CHOSEN, os.fsencode(sys.executable))
    assert find_interpreter() == sys.executable


def test_guests_are_started_by_the_chosen_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = tmp_path / "python"
    chosen.write_text("""#!/bin/sh\nprintf '{"result": {"words": "%s"}}' "$*"\n""", "utf-8")
    chosen.chmod(0o700)
    monkeypatch.setattr(CHOSEN, os.fsencode(chosen))
    assert Guests().run("some.module", {}, what="x-1") == {"words": "-P -m some.module"}
