"""The pictures that a command measures a model on, divided as its training divided them.

A training divides a source that says nothing of parts, and its bundle knows the outcome by its
SHA-256. So the same source is divided again without a word from anybody; another one is not.
"""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from genderlens.bundle import Bundle
    from genderlens.data.manifest import Manifest
    from genderlens.settings import Settings


def divide_as_trained(manifest: Manifest, settings: Settings) -> Manifest:
    """The manifest, with the splits that the training of the model gave these very pictures.

    As it is where it has splits, where an ensemble answers, or where other pictures taught.
    """
    from pydantic import ValidationError

    from genderlens.recipe import Recipe
    from genderlens.training.inputs.rows import restore_division

    bundle = None if any(manifest.column("split")) else _bundle_of(settings)
    if bundle is None:
        return manifest
    provenance = bundle.description.provenance
    try:
        recipe = Recipe.model_validate(provenance.recipe)
    except ValidationError:
        return manifest
    restored = restore_division(recipe, manifest, provenance.manifest_sha256)
    if restored is None:
        return manifest
    typer.echo(
        f"the {len(manifest):,} pictures are divided as {bundle.version} was trained", err=True
    )
    return restored


def select_held_out(
    manifest: Manifest, split: str, source: str, settings: Settings | None
) -> Manifest:
    """The pictures of a split; DataError that gives the command where the data is not divided."""
    from genderlens.data.splits.asked import how_to_divide, select_split

    def how() -> str:
        run = _run_of(settings) if settings else None
        stored = str(run / "manifest.parquet") if run else "RUN/manifest.parquet"
        words = ["genderlens", *sys.argv[1:]]
        command = shlex.join(w.replace(source, stored) if source in w else w for w in words)
        return how_to_divide(stored, source, command)

    return select_split(manifest, split, how=how)


def _bundle_of(settings: Settings) -> Bundle | None:
    """The one bundle that answers, None for an ensemble."""
    from genderlens.registry.address import load_reference

    return None if "," in settings.model else load_reference(settings.model, settings)


def _run_of(settings: Settings) -> Path | None:
    """The run below ``runs`` that the bundle was exported from, if it still lies there."""
    bundle = _bundle_of(settings)
    if bundle is None:
        return None
    for facts in sorted(Path("runs").glob("*/run.json")):
        try:
            trained = json.loads(facts.read_text("utf-8"))
        except (OSError, ValueError):
            continue
        if trained.get("manifest_sha256") == bundle.description.provenance.manifest_sha256:
            return facts.parent
    return None
