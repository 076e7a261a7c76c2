"""Tests of genderlens.files.locks."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from genderlens.files.locks import exclusive, is_held, try_exclusive


def test_only_one_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with exclusive(path) as descriptor:
        assert descriptor > 2
        assert is_held(path)
        with try_exclusive(path) as second:
            assert second is None
    with try_exclusive(path) as third:
        assert third is not None
    assert not is_held(path)
    assert path.read_bytes() == b""


def test_the_others_wait_their_turn(tmp_path: Path) -> None:
    path, order = tmp_path / "lock", list[str]()

    def wait_and_note() -> None:
        with exclusive(path):
            order.append("second")

    with exclusive(path):
        thread = threading.Thread(target=wait_and_note)
        thread.start()
        thread.join(0.1)
        order.append("first")
    thread.join(5)
    assert order == ["first", "second"]


def test_a_killed_holder_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    code = (
        "import sys, time, pathlib; from genderlens.files.locks import exclusive\n"
        "with exclusive(pathlib.Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert is_held(path)
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    assert not is_held(path)


def test_asking_makes_no_file_and_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    assert not is_held(tmp_path / "lock")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(FileNotFoundError), exclusive(tmp_path / "no" / "lock"):
        pass
