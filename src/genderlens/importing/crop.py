"""How the faces that a foreign model knows were cut: learnt from labelled crops, or assumed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

from genderlens.bundle import CropSpec, load_bundle
from genderlens.data.manifest import Manifest
from genderlens.detection.faces import CenterFace
from genderlens.errors import TrainingError
from genderlens.importing.foreign import Facts
from genderlens.training.inputs.geometry import learn_crop_geometry

_SAMPLE: Final = 300


def find_crop(facts: Facts, manifest: Manifest | None) -> tuple[CropSpec, tuple[str, ...]]:
    """The geometry of a bundle's crops, and a line where nobody knows it.

    A bundle knows its own. Else labelled face crops show it; without them, or where no faces are
    found in them, that of the shipped bundle stands in.
    """
    if facts.bundle is not None:
        return facts.bundle.description.crop, ()
    shipped = load_bundle().description.crop
    aspect = round(facts.input.shape[1] / facts.input.shape[0], 3)
    assumed = shipped.model_copy(update={"aspect": aspect})
    if manifest is None:
        return assumed, (
            "how its faces were cut is not known: they are cut as for the shipped model; labelled "
            "crops show it, --data",
        )
    try:
        learnt = learn_crop_geometry(manifest, CenterFace(), sample=_SAMPLE)
    except TrainingError as error:
        return assumed, (f"faces are cut as for the shipped model: {error}",)
    return CropSpec(**asdict(learnt)), ()
