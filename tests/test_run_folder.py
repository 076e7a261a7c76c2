"""One training at a time in a run folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from genderlens import run_folder as run_module
from genderlens.errors import TrainingError
from genderlens.run_folder import RunFolder

HOLD = """
import sys, time, pathlib
from genderlens.run_folder import RunFolder
with RunFolder(pathlib.Path(sys.argv[1])).only_training():
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_training_is_refused_and_a_killed_one_lets_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, "LET_GO_S", 0.3)
    run = RunFolder(tmp_path / "run")
    command = [sys.executable, "-c", HOLD, str(run.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with (
            pytest.raises(TrainingError, match=r"another training writes to .*run; wait for it"),
            run.only_training(),
        ):
            pytest.fail("two trainings write to one folder")
        process.kill()
    (run.path / ".curves.csv.abc.partial").write_bytes(b"half")
    with run.only_training():
        assert list(run.path.iterdir()) == []
