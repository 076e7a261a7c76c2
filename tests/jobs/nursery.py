"""Workers to be killed, each a process of its own, and what must hold after each kill.

They are forked by a nursery that is a fork of the warm process, so a restart costs milliseconds.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from forks import command
from genderlens.inference.ensemble import create_classifier
from genderlens.registry.store import open_registry
from genderlens.settings import Settings

NURSERY = """
import json, os, sys
import alembic.command, sqlalchemy.dialects.sqlite, genderlens.cli.training.worker
import genderlens.jobs.store, genderlens.jobs.worker
from genderlens.settings import Settings

settings = Settings.model_validate(json.loads(sys.argv[1]) | {"database_url": sys.argv[2] or None})
for line in sys.stdin:
    child = os.fork()
    if not child:
        store = genderlens.jobs.store.open_store(settings)
        genderlens.jobs.worker.create_worker(store, settings).run()
        os._exit(0)
    print(child, flush=True)
    os.waitpid(child, 0)
    print("gone", flush=True)
"""


class Nursery:
    """Starts workers; each is killed before the next one starts."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._worker = 0

    def start(self) -> int:
        """The process of the worker."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        self._worker = int(self._process.stdout.readline())
        return self._worker

    def kill(self) -> None:
        assert self._process.stdout is not None
        os.kill(self._worker, signal.SIGKILL)
        assert self._process.stdout.readline() == "gone\n"


@contextmanager
def nursery(settings: Settings) -> Iterator[Nursery]:
    url = settings.database_url.get_secret_value() if settings.database_url else ""
    words = command("python", "-c", NURSERY, settings.model_dump_json(), url)
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Nursery(process)
        finally:
            process.kill()


def require_whole(settings: Settings) -> None:
    """Every version loads, every alias names one, and production classifies."""
    registry = open_registry(settings)
    versions = registry.versions()
    state = registry.state()
    assert set(state.aliases.values()) <= set(versions)
    for version in versions:
        assert registry.load(version).version == version
    if state.decision is not None:
        decided = {one["id"]: one for one in registry.decisions()}
        assert decided[state.decision]["version"] == state.production
    served = settings.model_copy(update={"model": "registry:production"})
    (bundle,) = create_classifier(served).bundles
    assert bundle.version == state.production
