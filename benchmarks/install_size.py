"""What ``pip install genderlens`` puts on disk, package by package, and who asked for it.

Starts at the dependencies in ``pyproject.toml`` and follows the installed distributions. Writes
``docs/figures/install_size.json`` and prints a table.
"""

from __future__ import annotations

import argparse
import json
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs" / "figures" / "install_size.json"


def base_distributions(root: str = "genderlens") -> dict[str, str]:
    """Name of every distribution that the base install pulls in, to the one that asked first."""
    asked, waiting = {root: ""}, [(root, frozenset[str]())]
    while waiting:
        name, extras = waiting.pop(0)
        for text in _requirements(name):
            requirement = Requirement(text)
            wanted = requirement.marker is None or any(
                requirement.marker.evaluate({"extra": extra}) for extra in extras | {""}
            )
            found = canonicalize_name(requirement.name)
            if wanted and found not in asked and _is_installed(found):
                asked[found] = name
                waiting.append((found, frozenset(requirement.extras)))
    return asked


def _requirements(name: str) -> list[str]:
    """Of a distribution; our own are those of the tree, whatever was installed from it before."""
    if name != "genderlens":
        return distribution(name).requires or []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return list(project["dependencies"])


def size_in_bytes(name: str) -> int:
    """Of the files that the distribution installed; compiled Python is not counted."""
    found = distribution(name)
    paths = (Path(str(found.locate_file(file))) for file in found.files or ())
    return sum(path.stat().st_size for path in paths if path.suffix != ".pyc" and path.is_file())


def own_bytes() -> int:
    """Of the package itself, which may be installed in place."""
    folder = ROOT / "src" / "genderlens"
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file() and p.suffix != ".pyc")


def _is_installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    asked = base_distributions()
    sizes = {name: size_in_bytes(name) for name in asked if name != "genderlens"}
    sizes["genderlens"] = own_bytes()
    ordered = sorted(sizes, key=sizes.__getitem__, reverse=True)
    packages = [
        {"name": name, "bytes": sizes[name], "asked_for_by": asked[name]} for name in ordered
    ]
    result = {"bytes": sum(sizes.values()), "packages": packages}
    given.out.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    table = Table("package", "MB", "asked for by", title=f"{result['bytes'] / 1e6:.0f} MB")
    for package in packages[:20]:
        size = f"{int(str(package['bytes'])) / 1e6:.1f}"
        table.add_row(str(package["name"]), size, str(package["asked_for_by"]))
    Console().print(table)


if __name__ == "__main__":
    main()
