"""Registries that fill themselves: whatever lies in a package registers what it holds.

Another architecture, reader, format, route or cloud is therefore one file and no list to edit.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType


def import_modules(package: str) -> list[ModuleType]:
    """Every module directly in a package, imported, in the order of the names.

    Packages below it, and modules whose name begins with ``_``, are left out.
    """
    found = iter_modules(import_module(package).__path__)
    names = sorted(one.name for one in found if not one.ispkg and not one.name.startswith("_"))
    return [import_module(f"{package}.{name}") for name in names]
