"""``genderlens worker``: retraining jobs on a machine of their own."""

from __future__ import annotations

import signal
from types import FrameType

import typer

from genderlens.cli.env_file import mention_unread_file
from genderlens.settings import load_settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(worker)


def worker() -> None:
    """Work on the queue of retraining jobs until stopped; a job in work goes on at the next start.

    Needs the same GENDERLENS_DATABASE_URL (on one machine: STATE_DIR), RETRAIN_*, GATE_* and
    REGISTRY settings as the service, which then runs with GENDERLENS_JOBS_HERE=false.
    """
    from genderlens.jobs.store import open_store
    from genderlens.jobs.worker import create_worker
    from genderlens.service.middleware.auth import redact_keys
    from genderlens.service.telemetry.logs import configure_logging

    mention_unread_file()
    settings = load_settings()
    configure_logging(settings, redact=redact_keys)
    store = open_store(settings)
    working = create_worker(store, settings)

    def leave(_: int, __: FrameType | None) -> None:
        working.stop()

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    try:
        working.run()
    finally:
        store.close()
