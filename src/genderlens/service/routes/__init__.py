"""Routes: a file each in this folder, with a ``router`` of FastAPI."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from genderlens.discovery import import_modules

_FIRST: Final = (
    "root",
    "health",
    "capabilities",
    "predict",
    "explain",
    "models",
    "jobs",
    "history",
    "feedback",
    "samples",
)
"""The order in which the documentation shows them; others follow by name."""


def list_routers() -> list[APIRouter]:
    """The router of every file in this folder, in the order of the documentation."""
    modules = {module.__name__.rpartition(".")[2]: module for module in import_modules(__name__)}
    names = sorted(modules, key=lambda name: (_FIRST.index(name) if name in _FIRST else 99, name))
    return [modules[name].router for name in names]
