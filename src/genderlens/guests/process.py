"""Starts guests, waits for them, and ends them; see genderlens.guests.child for their limits."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, Any, Final

from genderlens import errors
from genderlens.errors import GenderlensError, ModelTrialError
from genderlens.guests.interpreter import find_interpreter

_START_S: Final = 30.0
"""What a process may take to begin, on a busy machine."""
_GUESTS_AT_ONCE: Final = 2
_FRUGAL: Final = {"MALLOC_ARENA_MAX": "2"}
"""Each of glibc's arenas takes 64 MB of the address space that a guest may have."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """What a guest may take: seconds between signs of life, and bytes of address space."""

    time_s: float = 60.0
    memory_bytes: int = 4_000_000_000


class Guests:
    """The guests of one owner; safe to use from several threads."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._ended: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._turns = threading.BoundedSemaphore(_GUESTS_AT_ONCE)
        self._closed = False

    def run(
        self,
        module: str,
        request: Mapping[str, Any],
        *,
        what: str,
        longest_s: float | None = None,
        show: bool = False,
    ) -> dict[str, Any]:
        """What ``python -m MODULE`` gave for a request; ``what`` is the model in messages.

        The guest ends itself after ``limits.time_s`` without a sign of life, and is ended after
        ``longest_s`` seconds where that is given. ``show`` lets it draw progress on standard error.
        Raises ModelTrialError where it hangs, crashes, takes too much memory or is ended, and what
        it raised itself of our errors.
        """
        document = {
            "request": dict(request),
            "time_s": self.limits.time_s,
            "memory_bytes": self.limits.memory_bytes,
        }
        with self._turn(what), tempfile.TemporaryFile() as noise:
            with self._started(module, None if show else noise) as process:
                output = _finish(process, json.dumps(document).encode(), longest_s)
            if process.returncode:
                _report(noise, what)
                raise self._explain(process, what)
        return self._parse(output, what)

    def interrupt(self) -> None:
        """End the guests that are there now; whoever waits for one gets a ModelTrialError."""
        with self._lock:
            for process in self._running:
                self._ended.add(process)
                process.kill()

    def close(self) -> None:
        """End the guests, and let no other in."""
        self._closed = True
        self.interrupt()

    @contextmanager
    def _turn(self, what: str) -> Iterator[None]:
        if not self._turns.acquire(timeout=self.limits.time_s):
            raise _no_verdict(f"{what} was not tried: others are; try again in a while")
        try:
            yield
        finally:
            self._turns.release()

    @contextmanager
    def _started(self, module: str, noise: IO[bytes] | None) -> Iterator[subprocess.Popen[bytes]]:
        """The process, in a session of its own so that no terminal's signals reach it."""
        # -P: nothing in the current folder stands in for a module of ours.
        command = [find_interpreter(), "-P", "-m", module]
        with self._lock:
            if self._closed:
                raise _no_verdict("no model is tried any more: the service is stopping")
            process = subprocess.Popen(  # noqa: S603 - no word of it comes from a client
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=noise,
                env=os.environ | _FRUGAL,
                start_new_session=True,
            )
            self._running.add(process)
        with process:
            try:
                yield process
            finally:
                process.kill()
                with self._lock:
                    self._running.discard(process)

    def _explain(self, process: subprocess.Popen[bytes], what: str) -> ModelTrialError:
        with self._lock:
            if process in self._ended:
                self._ended.discard(process)
                return _no_verdict(f"{what} was not tried to the end: the trial was ended")
        code = process.returncode
        if code in {-getattr(signal, "SIGALRM", 14), _TOO_LONG}:
            return ModelTrialError(
                f"{what} gave no answer within {self.limits.time_s:g} s, so it is not used; "
                "export it again, or raise GENDERLENS_MODEL_TIME_S"
            )
        how = f"signal {_signal_name(-code)}" if code < 0 else f"exit code {code}"
        return ModelTrialError(
            f"{what} ended the process that tried it ({how}), so it is not used; export it again"
        )

    def _parse(self, output: bytes, what: str) -> dict[str, Any]:
        try:
            answer = json.loads(output.splitlines()[-1])
        except (ValueError, IndexError) as error:
            raise ModelTrialError(f"{what} was tried and nothing came of it") from error
        if "code" in answer:
            raise _known_error(answer["code"], answer["message"])
        fault = answer.get("fault")
        if fault == "memory":
            raise ModelTrialError(
                f"{what} takes more than {self.limits.memory_bytes:,} bytes of memory, so it is "
                "not used; export a smaller one, or raise GENDERLENS_MODEL_MEMORY_BYTES"
            )
        if fault is not None:
            raise ModelTrialError(f"{what} fails when it is tried: {fault[:400]}; export it again")
        result: dict[str, Any] = answer["result"]
        return result


_TOO_LONG: Final = -1_000
"""Stands for a guest that we ended because it took too long in all."""


def _no_verdict(message: str) -> ModelTrialError:
    error = ModelTrialError(message)
    error.is_verdict = False
    return error


def _finish(process: subprocess.Popen[bytes], document: bytes, longest_s: float | None) -> bytes:
    """What the process printed; its code is _TOO_LONG where it had to be ended."""
    timeout_s = None if longest_s is None else longest_s + _START_S
    try:
        output, _ = process.communicate(document, timeout=timeout_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        process.returncode = _TOO_LONG
        return b""
    return output


def _report(noise: IO[bytes], what: str) -> None:
    """What a guest said on standard error goes to the log and never to a client."""
    noise.seek(0)
    text = noise.read(4000).decode("utf-8", "replace").strip()
    if text:
        _log.warning("the trial of %s said: %s", what, text)


def _signal_name(number: int) -> str:
    with suppress(ValueError):
        return signal.Signals(number).name
    return str(number)


def _known_error(code: str, message: str) -> GenderlensError:
    """The error that a guest raised, as if it had been raised here."""
    kinds = {kind.code: kind for kind in _all_errors(errors.GenderlensError)}
    kind = kinds.get(code, ModelTrialError)
    error = kind.__new__(kind)
    error.args = (message,)
    return error


def _all_errors(root: type[GenderlensError]) -> Iterator[type[GenderlensError]]:
    yield root
    for kind in root.__subclasses__():
        yield from _all_errors(kind)
