"""Who may write to an output folder: one run at a time, and only of the job that began it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from genderlens.drafts import clear_drafts
from genderlens.errors import LabellingError, SettingsError
from genderlens.labelling.job import Job
from genderlens.locks import is_held, try_exclusive
from genderlens.remote import is_remote
from genderlens.storage import write_bytes_atomically


@contextmanager
def only_run(job: Job) -> Iterator[None]:
    """Holds the folder; the system lets go of it however this process ends."""
    try:
        job.state.mkdir(parents=True, exist_ok=True)
        with try_exclusive(job.state / "lock") as lock:
            if lock is None:
                raise LabellingError(
                    f"another run labels into {job.out}; look at it with --status {job.out}"
                )
            for folder in (job.out, job.out / "shards", job.state, *job.state.glob("*/")):
                clear_drafts(folder)
            yield
    except OSError as error:
        raise LabellingError(
            f"cannot write to {job.out}: {error}; make room and run the same command again"
        ) from error


def is_running(out: Path) -> bool:
    """Whether a run holds the folder now."""
    try:
        return is_held(out / "state" / "lock")
    except OSError:
        return False


def start_job(job: Job) -> bool:
    """Note what is computed; whether shards of an earlier model or setting will be redone.

    SettingsError for a folder that holds anything else, or another source's labels.
    """
    path = job.state / "job.json"
    document = {"source": job.source, "shard_size": job.shard_size, "trusted": job.trusted}
    earlier = _read(path)
    if earlier is None and any(child.name != "state" for child in job.out.iterdir()):
        raise SettingsError(f"--out {job.out} holds other files; give an empty folder")
    for name, value in document.items():
        if earlier is not None and earlier.get(name) != value:
            raise SettingsError(
                f"--out {job.out} holds labels with {name} {earlier.get(name)!r}, not {value!r}; "
                "give another folder"
            )
    document["key"] = job.key()
    document["computed"] = job.to_dict()
    write_bytes_atomically(path, (json.dumps(document, indent=2) + "\n").encode())
    return earlier is not None and earlier.get("key") != job.key()


def require_apart(job: Job) -> None:
    """SettingsError where an output lies in the source: it would be labelled next time."""
    if is_remote(job.source):
        return
    source = Path(job.source).resolve()
    for folder in (job.out, job.crops, job.uncertain_to):
        if folder is not None and source.is_dir() and folder.resolve().is_relative_to(source):
            raise SettingsError(
                f"{folder} lies in the source {job.source}; give a folder elsewhere"
            )


def _read(path: Path) -> dict[str, Any] | None:
    try:
        document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise SettingsError(f"{path} is damaged: {error}; give another folder") from error
    return document
