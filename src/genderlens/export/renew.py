"""An existing bundle calibrated, quantised and measured anew; its network stays as it is."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from genderlens.bundle import (
    MODEL,
    Bundle,
    Description,
    Parity,
    PrecisionSpec,
    load_bundle,
    write_bundle,
)
from genderlens.data.manifest import Manifest
from genderlens.data.splits.asked import select_split
from genderlens.detection.faces import CenterFace
from genderlens.errors import BundleError
from genderlens.export.finish import finish_bundle, require_replaceable
from genderlens.export.golden import add_golden
from genderlens.files.drafts import draft_folder, put_folder
from genderlens.recipe import Recipe
from genderlens.storage import sha256_of_file
from genderlens.training.inputs.rows import split_for_training


def renew_bundle(
    bundle: Bundle, manifest: Manifest, out: Path, *, split: str = "val", int8: bool = False
) -> Bundle:
    """Write a bundle with the network of another; ``out`` appears whole or not at all.

    Rows of the manifest without a split, and the calibration rows, are chosen by the recipe that
    trained the network, so that pictures which taught it calibrate nothing. BundleError where the
    bundle stores no recipe and the manifest no split ``calibration``.
    """
    manifest = _divide(bundle, manifest)
    select_split(manifest, split).require_both_labels()
    require_replaceable(out)
    data = bundle.description.provenance.data
    with draft_folder(out) as draft:
        shutil.copyfile(bundle.path / MODEL, draft / MODEL)
        renewed = add_golden(write_bundle(draft, _describe(bundle, draft / MODEL)))
        finish_bundle(renewed, manifest, CenterFace(), split=split, data=data, int8=int8)
        put_folder(draft, out)
    return load_bundle(str(out))


def _divide(bundle: Bundle, manifest: Manifest) -> Manifest:
    if len(manifest.select("calibration")):
        return manifest
    try:
        recipe = Recipe.model_validate(bundle.description.provenance.recipe)
    except ValidationError as error:
        raise BundleError(
            f"{bundle.version} stores no recipe that says which pictures taught it; "
            "give pictures of a split 'calibration'"
        ) from error
    return split_for_training(recipe, manifest)


def _describe(bundle: Bundle, graph: Path) -> Description:
    old, now = bundle.description, datetime.now(UTC)
    changed = {
        "version": f"{now:%Y%m%d}-{sha256_of_file(graph)[:8]}",
        "created": now.isoformat(timespec="seconds"),
        "precision": PrecisionSpec(parity=Parity(torch=old.precision.parity.torch)),
        "evaluation": None,
    }
    return old.model_copy(update=changed)
