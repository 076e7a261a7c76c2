"""The command line: a client of the library. Heavy imports wait until a command runs."""

from __future__ import annotations

from genderlens.cli.app import main

__all__ = ["main"]
