"""A fork of the warm process is the command that it stands for, and lives no longer."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from forks import LOG, command, kill, read_spent
from service.serving import wait_until


def run(code: str, *words: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command("python", "-c", code, *words), capture_output=True, text=True, **options
    )  # type: ignore[call-overload,no-any-return]


def test_words_folder_environment_and_streams_are_the_clients(tmp_path: Path) -> None:
    code = "import os, sys; print(sys.argv[1:], os.getcwd(), os.environ['NAME'], input())"
    done = run(code, "a b", cwd=tmp_path, env={"NAME": "value"}, input="asked\n")
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
def test_it_ends_as_the_fork_did(code: str, ended: int, told: str) -> None:
    done = run(code)
    assert done.returncode == ended
    assert done.stderr.endswith(told)


def test_what_is_left_for_the_end_is_done() -> None:
    code = "import atexit, threading\natexit.register(print, 'last')\n"
    code += "threading.Timer(0.1, print, ['before']).start()"
    assert run(code).stdout == "before\nlast\n"


def test_a_command_is_the_command() -> None:
    done = subprocess.run(command("genderlens", "nonesuch"), capture_output=True, text=True)
    assert done.returncode == 2
    assert "nonesuch" in done.stderr


SLEEPS = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"


def test_warnings_are_errors_where_asked() -> None:
    words = ("-Werror", "python", "-c", "import warnings; warnings.warn('odd')")
    done = subprocess.run(command(*words), capture_output=True, text=True)
    assert done.stderr.endswith("UserWarning: odd\n")
    assert done.returncode == 1


def test_a_signal_is_passed_on() -> None:
    with subprocess.Popen(command("python", "-c", SLEEPS), stdout=-1) as client:
        assert client.stdout
        client.stdout.readline()
        client.send_signal(signal.SIGTERM)
        assert client.wait(10) == -signal.SIGTERM


def test_a_fork_is_killed_alone() -> None:
    with subprocess.Popen(command("python", "-c", SLEEPS), stdout=-1) as client:
        assert client.stdout
        fork = int(client.stdout.readline())
        kill(client)
        assert client.wait(10) == -signal.SIGKILL
        assert not Path(f"/proc/{fork}").exists()


def test_a_fork_does_not_outlive_its_client() -> None:
    with subprocess.Popen(command("python", "-c", SLEEPS), stdout=-1) as client:
        assert client.stdout
        fork = int(client.stdout.readline())
        client.kill()
    wait_until(lambda: not Path(f"/proc/{fork}").exists())


def test_it_has_the_descriptors_of_its_client() -> None:
    reading, writing = os.pipe()
    code = "import os, sys; os.write(int(sys.argv[1]), b'here')"
    words = command("python", "-c", code, str(writing))
    assert subprocess.run(words, pass_fds=(writing,)).returncode == 0
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        assert stream.read() == b"here"


WORKS = """
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
    print(pool.submit(eval, "'lightning' in __import__('sys').modules").result())
"""


def test_a_worker_of_a_fork_is_a_fork() -> None:
    done = run(WORKS)
    assert done.stdout == "True\n", done.stderr


def test_it_has_imported_what_takes_long() -> None:
    done = run("import sys; print({'lightning', 'onnxruntime'} <= set(sys.modules))")
    assert done.stdout == "True\n", done.stderr


def test_what_commands_cost_is_known(tmp_path: Path) -> None:
    log = "a line of a library\n0 1.25 'genderlens predict'\n-9 0.50 \"pytest -k 'a'\"\n"
    (tmp_path / LOG).write_text(log)
    assert read_spent(tmp_path) == 1.75
    assert read_spent(tmp_path / "nowhere") == 0.0
