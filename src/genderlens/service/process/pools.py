"""The pools of threads of one application, one for each thing that may hang by itself."""

from __future__ import annotations

from typing import Final

from genderlens.service.process.threads import Threads
from genderlens.service.telemetry.metrics import Metrics

REGISTRY_S: Final = 5.0
"""How long a question to the registry may take; then what was known is told."""
CHANGE_S: Final = 900.0
"""How long a promotion may take, which judges a model on thousands of pictures."""
POINTER_S: Final = 30.0
"""How long a rollback or a change of the traffic may take, which only write."""
JOBS_S: Final = 10.0
JSON_S: Final = 20.0


class Pools:
    """Threads by concern."""

    def __init__(self, metrics: Metrics) -> None:
        waiting = metrics.threads_waiting
        self.json = Threads(2, "json", limit_s=JSON_S, waiting=waiting)
        self.registry = Threads(4, "registry", limit_s=REGISTRY_S, waiting=waiting)
        self.changes = Threads(
            2, "changes of the registry", limit_s=CHANGE_S, max_waiting=8, waiting=waiting
        )
        self.jobs = Threads(4, "jobs", limit_s=JOBS_S, waiting=waiting)

    def stop(self) -> None:
        """Finish what is running, drop what only waits."""
        for threads in (self.json, self.registry, self.changes, self.jobs):
            threads.stop()
