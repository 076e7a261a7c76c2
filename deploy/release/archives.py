"""What ``make dist`` built: complete, valid, small, and of one version.

``python deploy/release/archives.py dist`` prints what it saw; any fault ends it with a message.
"""

# ruff: noqa: T201 -- a script: it prints
from __future__ import annotations

import re
import sys
import tarfile
import zipfile
from pathlib import Path

from packaging.metadata import Metadata

ROOT = Path(__file__).parents[2]
MAX_WHEEL_BYTES = 26_000_000
"""Of which networks 15 MB, and 7 MB the engine of the page's private mode, plain and compressed."""
MAX_SDIST_BYTES = 30_000_000
CARRIED = (
    "models/default/bundle.json",
    "models/default/MODEL_CARD.md",
    "recipes/default.yaml",
    "py.typed",
)
"""What the package cannot do without, beside the page."""
NEVER = re.compile(
    r"(^|/)(\.env|\.git|node_modules|\.venv[^/]*|__pycache__|runs)(/|$)|\.tfstate|\.tfvars$"
)


def main(folder: str) -> None:
    """Check the one wheel and the one source archive of a folder."""
    (wheel,) = Path(folder).glob("*.whl")
    (sdist,) = Path(folder).glob("*.tar.gz")
    check_wheel(wheel)
    check_sdist(sdist)
    for path, most in ((wheel, MAX_WHEEL_BYTES), (sdist, MAX_SDIST_BYTES)):
        size = path.stat().st_size
        require(size <= most, f"{path.name} has {size:,} bytes; the limit is {most:,}")
        print(f"{path.name}: {size:,} bytes")


def check_wheel(path: Path) -> None:
    """Package, page, model, licence, and metadata that an index would take."""
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        (about,) = [name for name in names if name.endswith(".dist-info/METADATA")]
        check_metadata(archive.read(about))
    for name in CARRIED:
        require(f"genderlens/{name}" in names, f"{path.name} lacks genderlens/{name}")
    page = "genderlens/service/web/index.html"
    require(page in names, f"{path.name} lacks the page; run 'make page' first")
    licence = about.replace("METADATA", "licenses/LICENSE")
    require(licence in names, f"{path.name} lacks {licence}")
    others = {name.split("/")[0] for name in names} - {"genderlens", about.split("/")[0]}
    require(not others, f"{path.name} would install {sorted(others)} beside the package")
    require_clean(names, path.name)


def check_sdist(path: Path) -> None:
    """What a build needs, the page built already."""
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for name in ("pyproject.toml", "LICENSE", "README.md", "src/genderlens/_version.py"):
        require(name in names, f"{path.name} lacks {name}")
    page = "src/genderlens/service/web/index.html"
    require(page in names, f"{path.name} lacks the page; run 'make page' first")
    require_clean(names, path.name)


def check_metadata(content: bytes) -> None:
    """Strictly by the standard, as an index checks what is uploaded."""
    metadata = Metadata.from_email(content, validate=True)
    require(str(metadata.version) == version(), f"version {metadata.version}, not {version()}")
    require(metadata.license_expression == "MIT", f"licence {metadata.license_expression!r}")
    require(metadata.description_content_type == "text/markdown", "the description is no Markdown")
    require(bool(metadata.summary and metadata.description), "no summary or no description")
    bare = [r.name for r in metadata.requires_dist or () if r.url]
    require(not bare, f"{bare} come from addresses, which an index refuses")


def version() -> str:
    """From the one place that has it."""
    text = (ROOT / "src/genderlens/_version.py").read_text("utf-8")
    (found,) = re.findall(r'^__version__ = "([^"]+)"$', text, re.MULTILINE)
    return str(found)


def require_clean(names: set[str], archive: str) -> None:
    """Nothing of the machine that built it."""
    found = sorted(name for name in names if NEVER.search(name))
    require(not found, f"{archive} holds {found[:5]}, which belongs to the machine that built it")


def require(holds: object, fault: str) -> None:
    """End with the fault where it does not hold."""
    if not holds:
        sys.exit(f"make dist: {fault}")


if __name__ == "__main__":
    main(*sys.argv[1:])
