"""Who may write to an output folder: one run at a time, and only of the job that began it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from genderlens.errors import LabellingError, SettingsError
from genderlens.files.drafts import clear_drafts
from genderlens.files.locks import is_held, try_exclusive
from genderlens.labelling.job import LabellingJob
from genderlens.remote import is_remote
from genderlens.storage import write_bytes_atomically

_DIGESTS: Final = {"bundles": "another model", "detector": "another face detector"}
"""Values that are digests → how a difference in them is told."""


@contextmanager
def only_run(job: LabellingJob) -> Iterator[None]:
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


def start_job(job: LabellingJob) -> tuple[str, ...]:
    """Note what is computed; what differs from an earlier run, whose shards will be redone.

    Each difference is the name, the earlier value and the new one, such as ``precision 'auto',
    now 'int8'``. SettingsError for a folder that holds anything else, or another source's labels.
    """
    path = job.state / "job.json"
    document: dict[str, Any] = {
        "source": job.source,
        "shard_size": job.shard_size,
        "trusted": job.trusted,
    }
    earlier = read_job(job.out)
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
    document["given"] = job.settings.given
    write_bytes_atomically(path, (json.dumps(document, indent=2) + "\n").encode())
    if earlier is None or earlier.get("key") == job.key():
        return ()
    return tuple(_differences(earlier.get("computed", {}), document["computed"]))


def require_apart(job: LabellingJob) -> None:
    """SettingsError where an output lies in the source: it would be labelled next time."""
    if is_remote(job.source):
        return
    source = Path(job.source).resolve()
    for folder in (job.out, job.crops, job.uncertain_to):
        if folder is not None and source.is_dir() and folder.resolve().is_relative_to(source):
            raise SettingsError(
                f"{folder} lies in the source {job.source}; give a folder elsewhere"
            )


def _differences(earlier: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    """The settings among the values by their own names; digests say nothing to people."""
    before, after = (_flat(values) for values in (earlier, now))
    for name in after:
        if before.get(name) == after[name]:
            continue
        if name in _DIGESTS:
            yield _DIGESTS[name]
        else:
            yield f"{name} {before.get(name)!r}, now {after[name]!r}"


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    return {**values.get("settings", {}), **{k: v for k, v in values.items() if k != "settings"}}


def read_job(out: Path) -> dict[str, Any] | None:
    """What the run that began a folder was told; None where there was none.

    SettingsError where that cannot be read.
    """
    path = out / "state" / "job.json"
    try:
        document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise SettingsError(f"{path} is damaged: {error}; give another folder") from error
    return document
