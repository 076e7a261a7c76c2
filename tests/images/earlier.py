"""The source of an earlier version, from the history of this repository."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from images.engine import ROOT

SCHEMAS = "src/genderlens/history/migrations/versions"


def check_out_earlier(folder: Path) -> None:
    """Write the last release into a folder, or what was there before the newest schema came."""
    commit = _last_release() or _before_the_newest_schema()
    archive = subprocess.run(
        ["git", "archive", "--format=tar", commit], cwd=ROOT, check=True, capture_output=True
    ).stdout
    subprocess.run(["tar", "--extract", f"--directory={folder}"], input=archive, check=True)


def newest_schema(root: Path) -> str:
    """``0004`` of ``r0004_audit.py``."""
    return max(path.name for path in (root / SCHEMAS).glob("r*.py"))[1:5]


def _last_release() -> str:
    return _git("tag", "--list", "v*", "--merged", "HEAD", "--sort=version:refname").rpartition(
        "\n"
    )[2]


def _before_the_newest_schema() -> str:
    """Of the commits after which an image was built, the last that lacks it."""
    (newest,) = (ROOT / SCHEMAS).glob(f"r{newest_schema(ROOT)}_*.py")
    built = _git("log", "--format=%H", "--", "deploy/docker", "requirements").splitlines()
    lacking = (one for one in built if not _git("ls-tree", one, "--", newest.relative_to(ROOT)))
    return next(lacking, None) or pytest.skip("the history here knows no earlier schema")


def _git(*words: str | Path) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"no history to take an earlier version from: {done.stderr.strip()}")
    return done.stdout.strip()
