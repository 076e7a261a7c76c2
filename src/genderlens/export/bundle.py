"""Run folder in, bundle out: graph, geometry, calibration, measured accuracy, model card."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from genderlens.bundle import (
    MODEL,
    Bundle,
    CropSpec,
    Description,
    InferenceSpec,
    InputSpec,
    Parity,
    PrecisionSpec,
    Provenance,
    StoredGap,
    load_bundle,
    write_bundle,
)
from genderlens.data.manifest import Manifest
from genderlens.data.sources.images import iterate_image_bytes
from genderlens.data.splits.asked import select_split
from genderlens.detection.detectors import create_detector
from genderlens.export import half
from genderlens.export.described import describe_head
from genderlens.export.finish import finish_bundle, require_replaceable
from genderlens.export.from_torch import (
    check_parity,
    count_parameters,
    export_onnx,
)
from genderlens.export.golden import add_golden
from genderlens.export.half import store_weights_as_half
from genderlens.export.options import ExportOptions
from genderlens.files.drafts import draft_folder, put_folder
from genderlens.pictures.imaging import decode_image, normalize, resize_region
from genderlens.pictures.regions import CropGeometry
from genderlens.recipe import ModelRecipe, Recipe
from genderlens.run_folder import RunFolder
from genderlens.storage import sha256_of_file
from genderlens.training.inputs.geometry import learn_crop_geometry
from genderlens.training.weights.layout import load_run_network
from genderlens.training.weights.packaged import describe_start
from genderlens.training.weights.shipped import DEFAULT, describe_shipped


def export_bundle(run: RunFolder, out: Path, options: ExportOptions) -> Bundle:
    """Write a bundle; ``out`` appears whole or not at all.

    The calibration is fitted on the run's ``calibration`` split and accuracy is measured on
    ``options.split``, both through ONNX Runtime and the preprocessing that serves.
    """
    run.require_finished()
    require_replaceable(out)
    manifest = run.manifest()
    select_split(manifest, options.split).require_labels(run.recipe().head.labels)
    with draft_folder(out) as draft:
        _write_bundle(run, manifest, draft, options)
        put_folder(draft, out)
    return load_bundle(str(out))


def _write_bundle(run: RunFolder, manifest: Manifest, draft: Path, options: ExportOptions) -> None:
    detector, teaching = create_detector(), manifest.select("train")
    written = _write_model(run, draft / MODEL, teaching, options)
    crop = learn_crop_geometry(teaching, detector)
    bundle = add_golden(write_bundle(draft, _describe(run, written, crop, options)))
    finish_bundle(
        bundle, manifest, detector, split=options.split, data=options.data, int8=options.int8
    )


@dataclass(frozen=True)
class _Written:
    """What is known once the graph is on disk."""

    path: Path
    parity: Parity
    parameters: int
    train_rows: int


def _write_model(
    run: RunFolder, path: Path, teaching: Manifest, options: ExportOptions
) -> _Written:
    """Write the graph, no further from the trained network than it may be."""
    network, spec = load_run_network(run), InputSpec(**run.recipe().input.model_dump())
    examples = _examples(teaching, spec)
    heads = run.recipe().shipped_heads
    export_onnx(network, spec.shape, path, heads)
    gap = check_parity(network, path, examples, heads=heads)
    if options.fp16:
        store_weights_as_half(path)
        gap = check_parity(network, path, examples, max_gap=half.MAX_LOGIT_GAP, heads=heads)
    parity = Parity(torch=StoredGap(logit=float(f"{gap:.2g}"), pictures=len(examples)))
    return _Written(path, parity, count_parameters(network), len(teaching))


def _describe(
    run: RunFolder, written: _Written, crop: CropGeometry, options: ExportOptions
) -> Description:
    recipe, facts, now = run.recipe(), run.read("run.json"), datetime.now(UTC)
    return Description(
        name=options.name,
        version=f"{now:%Y%m%d}-{sha256_of_file(written.path)[:8]}",
        created=now.isoformat(timespec="seconds"),
        input=InputSpec(**recipe.input.model_dump()),
        crop=CropSpec(**asdict(crop)),
        heads=tuple(describe_head(head) for head in recipe.shipped_heads),
        inference=InferenceSpec(tta=options.tta),
        precision=PrecisionSpec(parity=written.parity),
        provenance=Provenance(
            data=options.data,
            licence=options.licence,
            attribution=options.attribution,
            architecture=recipe.model.architecture,
            parameters=written.parameters,
            recipe=without_folders(recipe),
            recipe_sha256=recipe.fingerprint(),
            manifest_sha256=str(facts["manifest_sha256"]),
            start=_describe_start(recipe.model),
            train_rows=written.train_rows,
        ),
    )


def _describe_start(model: ModelRecipe) -> str | None:
    return describe_shipped() if model.pretrained == DEFAULT else describe_start(model)


def without_folders(recipe: Recipe) -> dict[str, Any]:
    """The recipe as data; where weights and teachers lay is nobody's business, their names are."""
    model = recipe.model.model_copy(update={"pretrained": Path(recipe.model.pretrained).name})
    teachers = tuple(Path(teacher).name for teacher in recipe.teacher)
    public = recipe.model_copy(update={"model": model, "teacher": teachers})
    return public.model_dump(mode="json")


def _examples(manifest: Manifest, spec: InputSpec, count: int = 64) -> np.ndarray:
    contents = iterate_image_bytes(manifest.take(range(min(count, len(manifest)))))
    crops = [
        resize_region(decode_image(content), spec.shape, interpolation=spec.interpolation)
        for content in contents
    ]
    return normalize(np.stack(crops), spec.mean, spec.std)
