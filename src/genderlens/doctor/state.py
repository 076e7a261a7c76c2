"""Folders that must be written to, and the database."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from sqlalchemy import text

from genderlens.doctor.finding import Finding, State, attempt
from genderlens.history.database import Database, database_url
from genderlens.settings import Settings

FULL_BYTES: Final = 50_000_000
"""Less free space than this is soon none."""
SCARCE_BYTES: Final = 1_000_000_000


def examine_state(settings: Settings) -> list[Finding]:
    """Where things are kept, and whether they can be."""
    return [
        examine_folder("state folder", settings.state_dir, "GENDERLENS_STATE_DIR"),
        examine_folder("cache folder", settings.cache_dir, "GENDERLENS_CACHE_DIR"),
        *attempt("database", lambda: _database(settings)),
    ]


def examine_folder(name: str, folder: Path, setting: str) -> Finding:
    """Whether a folder can be written to, or made, and how much room there is."""
    folder = folder.expanduser()
    existing = next((one for one in (folder, *folder.parents) if one.exists()), Path("/"))
    facts: dict[str, object] = {"path": str(folder), "exists": folder.exists()}
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        fact = f"{folder} cannot be written to ({error.strerror or error})"
        way_out = f"set {setting} to a folder that the user {_user()} may write to"
        return Finding(name, fact, "fault", way_out, facts)
    free = shutil.disk_usage(existing).free
    facts["free_bytes"] = free
    made = "" if folder.exists() else ", which is made when it is needed"
    said = f"{folder}{made}; {free / 1e9:,.1f} GB free"
    if free < SCARCE_BYTES:
        state: State = "fault" if free < FULL_BYTES else "note"
        return Finding(name, said, state, f"free some space, or set {setting}", facts)
    return Finding(name, said, facts=facts)


def is_made(database: Database) -> bool:
    """Whether there is a database to ask; SQLite would make one."""
    file = database.url.database or ""
    return database.url.get_backend_name() != "sqlite" or Path(file).exists()


def _database(settings: Settings) -> list[Finding]:
    """Reached as it is: neither made nor brought up to date."""
    database = Database(database_url(settings))
    file = Path(database.url.database or "")
    is_file = database.url.get_backend_name() == "sqlite"
    name = str(file) if is_file else database.name
    facts = {"url": database.name, "history": settings.history}
    use = f"keys and history ({settings.history})"
    try:
        if not is_made(database):
            folder = examine_folder("database", file.parent, "GENDERLENS_DATABASE_URL")
            if folder.state == "fault":
                return [folder]
            return [Finding("database", f"{name}, made at the start: {use}", facts=facts)]
        with database.begin() as connection:
            connection.execute(text("SELECT 1"))
    finally:
        database.close()
    if is_file and not os.access(file, os.W_OK):
        fact = f"{file} cannot be written to"
        return [Finding("database", fact, "fault", f"let {_user()} write to it", facts)]
    return [Finding("database", f"{name} answers: {use}", facts=facts)]


def _user() -> str:
    return f"number {os.getuid()}" if hasattr(os, "getuid") else "that runs this"
