"""A command of ours in a child process, watched until it ends or is no longer wanted."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from genderlens.errors import JobError
from genderlens.guests.interpreter import find_interpreter

_POLL_S: Final = 0.2
_GRACE_S: Final = 5.0


class Unwanted(Exception):  # noqa: N818 - no failure
    """The job was cancelled, the worker is to stop, or another worker has the job."""


def run_command(
    arguments: Sequence[str],
    log: Path,
    *,
    python: str | None,
    inherit: Sequence[int],
    watch: Callable[[], bool],
) -> None:
    """Run ``genderlens ARGUMENTS``, output appended to the log.

    ``watch`` is called several times a second and says whether to go on; Unwanted where not.
    ``inherit`` are descriptors that stay open in the process: locks that it holds with us.
    JobError with the last line of the log where the command fails.
    """
    module = "genderlens.jobs.child_process"
    command = [python or find_interpreter(), "-m", module, *arguments]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        try:
            process = subprocess.Popen(  # noqa: S603 - no word of it comes from a client
                command,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=tuple(inherit),
            )
        except OSError as error:
            raise JobError(f"cannot start {command[0]}: {error}; see RETRAIN_PYTHON") from error
    with process:
        try:
            while not _has_ended(process):
                if not watch():
                    raise Unwanted
        finally:
            _end(process)
    if process.returncode:
        raise JobError(_explain(arguments[0], process.returncode, log))


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(_POLL_S)
    except subprocess.TimeoutExpired:
        return False
    return True


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to leave, then make it and whatever it started."""
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_S)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _explain(name: str, code: int, log: Path) -> str:
    if code < 0:
        return f"{name} was killed by signal {-code}; of 9, too little memory is the usual cause"
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    last = lines[-1].strip()[-500:] if lines else "no output"
    return f"{name} ended with code {code}: {last}"
