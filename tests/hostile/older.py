"""``python older.py MIGRATIONS WORD …``: ``genderlens WORD …`` with those migrations alone."""

from __future__ import annotations

import sys

from alembic.config import Config

from genderlens.cli import main

_MIGRATIONS = sys.argv.pop(1)
_set_option = Config.set_main_option


def _set_older(config: Config, name: str, value: str) -> None:
    _set_option(config, name, _MIGRATIONS if name == "script_location" else value)


Config.set_main_option = _set_older  # type: ignore[method-assign]
main()
