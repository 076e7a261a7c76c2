"""A fork of the warm process is the command that it stands for, and lives no longer."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.serving import wait_until
from warm import command, running


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("warm")) as place:
        yield place


def run(place: str, code: str, *words: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(place, "python", "-c", code, *words), capture_output=True, text=True, **options
    )  # type: ignore[call-overload,no-any-return]


def test_words_folder_environment_and_streams_are_the_clients(place: str, tmp_path: Path) -> None:
    code = "import os, sys; print(sys.argv[1:], os.getcwd(), os.environ['NAME'], input())"
    done = run(place, code, "a b", cwd=tmp_path, env={"NAME": "value"}, input="asked\n")
    assert done.stdout == f"['a b'] {tmp_path} value asked\n"
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("code", "ended", "told"),
    [
        ("import sys; sys.exit(7)", 7, ""),
        ("import sys; sys.exit('why')", 1, "why\n"),
        ("import os; os.kill(os.getpid(), 9)", -signal.SIGKILL, ""),
        ("1 / 0", 1, "ZeroDivisionError: division by zero\n"),
    ],
)
def test_it_ends_as_the_fork_did(place: str, code: str, ended: int, told: str) -> None:
    done = run(place, code)
    assert done.returncode == ended
    assert done.stderr.endswith(told)


def test_what_is_left_for_the_end_is_done(place: str) -> None:
    code = "import atexit, threading\natexit.register(print, 'last')\n"
    code += "threading.Timer(0.1, print, ['before']).start()"
    assert run(place, code).stdout == "before\nlast\n"


def test_a_command_is_the_command(place: str) -> None:
    done = subprocess.run(command(place, "genderlens", "nonesuch"), capture_output=True, text=True)
    assert done.returncode == 2
    assert "nonesuch" in done.stderr


SLEEPS = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"


def test_a_signal_is_passed_on(place: str) -> None:
    with subprocess.Popen(command(place, "python", "-c", SLEEPS), stdout=-1) as client:
        assert client.stdout
        client.stdout.readline()
        client.send_signal(signal.SIGTERM)
        assert client.wait(10) == -signal.SIGTERM


def test_a_fork_does_not_outlive_its_client(place: str) -> None:
    with subprocess.Popen(command(place, "python", "-c", SLEEPS), stdout=-1) as client:
        assert client.stdout
        fork = int(client.stdout.readline())
        client.kill()
    wait_until(lambda: not Path(f"/proc/{fork}").exists())


def test_it_has_imported_what_takes_long(place: str) -> None:
    done = run(place, "import sys; print({'lightning', 'onnxruntime'} <= set(sys.modules))")
    assert done.stdout == "True\n", done.stderr
