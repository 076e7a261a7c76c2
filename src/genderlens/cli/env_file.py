"""The option ``--env-file``, and what is said of a file that nobody named."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from genderlens.settings import unread_env_file, use_env_file

EnvFile = Annotated[
    Path | None,
    typer.Option(
        "--env-file",
        metavar="PATH",
        help="Read settings from this file too; no file is read unless named.",
    ),
]


def read_env_file(path: Path | None) -> None:
    """Have the settings read the file, if one was given. SettingsError where it cannot be read."""
    if path is not None:
        use_env_file(path)


def mention_unread_file() -> None:
    """Say that a ``.env`` lies here and is not read: versions before this one did read it."""
    if unread_env_file() is not None:
        typer.echo(
            "genderlens: the .env of this folder is not read; pass --env-file .env, or set "
            "GENDERLENS_ENV_FILE, if it is yours",
            err=True,
        )
