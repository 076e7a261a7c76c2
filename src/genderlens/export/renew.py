"""An existing bundle calibrated, quantised and measured anew; its network stays as it is."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

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
from genderlens.data.sources.parts import parse_part
from genderlens.data.splits.asked import select_split
from genderlens.data.splits.stratified import assign_splits, carve_split_evenly
from genderlens.detection.detectors import create_detector
from genderlens.errors import BundleError
from genderlens.export.finish import finish_bundle, require_replaceable
from genderlens.export.golden import add_golden
from genderlens.files.drafts import draft_folder, put_folder
from genderlens.recipe import Recipe
from genderlens.storage import sha256_of_file
from genderlens.training.inputs.rows import split_for_training

_SEED: Final = 0


def renew_bundle(
    bundle: Bundle,
    manifest: Manifest,
    out: Path,
    *,
    split: str = "val",
    int8: bool = False,
    judged: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> Bundle:
    """Write a bundle with the network of another; ``out`` appears whole or not at all.

    ``judged`` is what the card calls the pictures, as a rule the data that taught the network;
    ``columns`` say where further heads find their truth, see ``find_columns``.

    Rows of the manifest without a split, and the calibration rows, are chosen by the recipe that
    trained the network, so that pictures which taught it calibrate nothing. BundleError where the
    bundle stores no recipe and the manifest no split ``calibration``.
    """
    manifest = divide_for_bundle(bundle, manifest, split)
    select_split(manifest, split).require_labels(bundle.description.labels)
    require_replaceable(out)
    data = judged or bundle.description.provenance.data
    with draft_folder(out) as draft:
        shutil.copyfile(bundle.path / MODEL, draft / MODEL)
        renewed = add_golden(write_bundle(draft, _describe(bundle, draft / MODEL)))
        finish_bundle(
            renewed,
            manifest,
            create_detector(),
            split=split,
            data=data,
            int8=int8,
            columns=columns,
        )
        put_folder(draft, out)
    return load_bundle(str(out))


def divide_for_bundle(bundle: Bundle, manifest: Manifest, split: str) -> Manifest:
    """The manifest with a split ``calibration``: its own, or as the recipe of the bundle chose.

    A model of elsewhere stores no recipe. Then rows without a split are halved between calibration
    and ``split``, or half of ``split`` calibrates, never ``train``, which may have taught it.
    Raises BundleError where a bundle of ours stores no recipe.
    """
    if len(manifest.select("calibration")):
        return manifest
    try:
        recipe = Recipe.model_validate(bundle.description.provenance.recipe)
    except ValidationError as error:
        if bundle.description.imported is not None:
            return _halve(manifest, split)
        raise BundleError(
            f"{bundle.version} stores no recipe that says which pictures taught it; "
            "give pictures of a split 'calibration'"
        ) from error
    return split_for_training(recipe, manifest)


def _halve(manifest: Manifest, split: str) -> Manifest:
    judging = parse_part(split, "--split") or split
    manifest = assign_splits(manifest, {"calibration": 0.5, judging: 0.5}, _SEED)
    if len(manifest.select("calibration")):
        return manifest
    return carve_split_evenly(
        manifest, source=judging, target="calibration", fraction=0.5, seed=_SEED
    )


def _describe(bundle: Bundle, graph: Path) -> Description:
    old, now = bundle.description, datetime.now(UTC)
    changed = {
        "version": f"{now:%Y%m%d}-{sha256_of_file(graph)[:8]}",
        "created": now.isoformat(timespec="seconds"),
        "precision": PrecisionSpec(parity=Parity(torch=old.precision.parity.torch)),
        "evaluation": None,
        "heads": tuple(head.model_copy(update={"evaluation": None}) for head in old.heads),
    }
    return old.model_copy(update=changed)
