"""The file of settings that a variable or an option names.

A file ``.env`` is never read for lying in the current folder: it may come with somebody else's
data, and settings name programs to run and who may ask.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from genderlens.errors import SettingsError

ENV_FILE: Final = "GENDERLENS_ENV_FILE"
"""Names a file of settings; the option ``--env-file`` sets it."""


def env_file() -> Path | None:
    """The file that GENDERLENS_ENV_FILE names; SettingsError where it cannot be read."""
    name = os.environ.get(ENV_FILE)
    if not name:
        return None
    path = Path(name).expanduser()
    try:
        path.read_text("utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise SettingsError(
            f"{ENV_FILE}={name!r} cannot be read: {reason}; name a file of KEY=VALUE lines"
        ) from error
    return path


def use_env_file(path: Path) -> None:
    """Have ``load_settings`` read a file, in this process and in those that it starts."""
    os.environ[ENV_FILE] = str(path.absolute())
    env_file()


def unread_env_file() -> Path | None:
    """A file ``.env`` in the current folder that is not read, as nothing names it."""
    beside, named = Path(".env"), os.environ.get(ENV_FILE)
    if not beside.is_file() or (named and Path(named).expanduser().resolve() == beside.resolve()):
        return None
    return beside
