"""A bundle in the making: a folder beside its place, which it takes when it is whole."""

from __future__ import annotations

import shutil
from pathlib import Path

from genderlens.bundle import DESCRIPTION, Bundle, load_bundle
from genderlens.errors import BundleError


def begin_draft(out: Path) -> Path:
    """An empty folder beside ``out``; BundleError where that holds something else than a bundle."""
    if out.exists() and not (out / DESCRIPTION).is_file() and (out.is_file() or any(out.iterdir())):
        raise BundleError(f"{out} exists and is no bundle; give a new folder with --out")
    draft = out.with_name(f".{out.name}.partial")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    return draft


def publish_draft(draft: Path, out: Path) -> Bundle:
    """The bundle in its place; the one that was there is gone."""
    shutil.rmtree(out, ignore_errors=True)
    draft.rename(out)
    return load_bundle(str(out))
