"""``inputs.json`` of a bundle: histograms of what the model was calibrated on.

It lies beside the model and ``bundle.json`` signs it like any file; a bundle without one serves as
well, only that nothing can be said about drift. The version of a bundle does not depend on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Annotated, Final, Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from genderlens.bundle import Bundle, write_bundle
from genderlens.data.manifest import Manifest
from genderlens.errors import BundleError, DataError
from genderlens.inference.inputs import INPUTS, measure_faces
from genderlens.inference.predictor import Predictor
from genderlens.inference.table import answer_manifest
from genderlens.storage import write_bytes_atomically
from genderlens.types import FacePolicy

REFERENCE: Final = "inputs.json"
MIN_FACES: Final = 200
"""Fewer make no histogram that anything could be compared with."""
_BINS: Final = 10
_MAX_BYTES: Final = 100_000

_Finite = Annotated[float, Field(allow_inf_nan=False)]
_Count = Annotated[int, Field(ge=0)]


class Histogram(BaseModel):
    """Counts of values: up to the first edge, above it up to the second, …, above the last."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    edges: tuple[_Finite, ...] = Field(max_length=64)
    counts: tuple[_Count, ...]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.counts) != len(self.edges) + 1:
            raise ValueError("there must be one count more than edges")
        if any(left >= right for left, right in pairwise(self.edges)):
            raise ValueError("edges must rise")
        return self


class Reference(BaseModel):
    """A histogram of each of INPUTS, of so many faces."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    data: str = Field(max_length=200)
    faces: int = Field(ge=1)
    inputs: dict[str, Histogram]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if set(self.inputs) != set(INPUTS):
            raise ValueError(f"there must be a histogram of {', '.join(INPUTS)}")
        return self


def read_reference(bundle: Bundle) -> Reference | None:
    """The reference of a bundle, None where it holds none. BundleError for one that is broken."""
    if REFERENCE not in bundle.description.files:
        return None
    path = bundle.path / REFERENCE
    if path.stat().st_size > _MAX_BYTES:
        raise BundleError(f"{path} has more than {_MAX_BYTES:,} bytes; run 'genderlens drift' anew")
    try:
        return Reference.model_validate_json(bundle.read(REFERENCE))
    except ValidationError as error:
        fault = error.errors()[0]["msg"]
        raise BundleError(f"{path}: {fault}; run 'genderlens drift --write' anew") from error


def write_reference(bundle: Bundle, reference: Reference) -> Bundle:
    """The bundle with the reference in it, signed; nothing else of it changes."""
    content = reference.model_dump_json(indent=1) + "\n"
    write_bytes_atomically(bundle.path / REFERENCE, content.encode())
    return write_bundle(bundle.path, bundle.description)


def measure_manifest(
    predictor: Predictor, manifest: Manifest, *, faces: FacePolicy
) -> dict[str, list[float]]:
    """INPUTS of every face that the predictor finds in the pictures of a manifest."""
    found: dict[str, list[float]] = {name: [] for name in INPUTS}
    for answer, photo in answer_manifest(predictor, manifest, faces=faces):
        measured = measure_faces(predictor.bundle, photo, answer) if photo else []
        for face in measured:
            for name, value in face.items():
                found[name].append(value)
    return found


def learn_reference(
    predictor: Predictor, manifest: Manifest, *, faces: FacePolicy, data: str
) -> Reference:
    """The histograms of a manifest, bins at its deciles. DataError where it has too few faces."""
    found = measure_manifest(predictor, manifest, faces=faces)
    count = len(found[INPUTS[0]])
    if count < MIN_FACES:
        raise DataError(
            f"{count} faces make no reference, {MIN_FACES} do; give more pictures of the kind "
            "that the model was calibrated on"
        )
    return build_reference(found, data)


def build_reference(found: Mapping[str, Sequence[float]], data: str) -> Reference:
    """The histograms of what was measured: each input → its value for every face."""
    histograms = {name: learn_histogram(values) for name, values in found.items()}
    return Reference(data=data, faces=len(found[INPUTS[0]]), inputs=histograms)


def learn_histogram(values: Sequence[float]) -> Histogram:
    """Bins at the deciles; where many values are equal, fewer."""
    at = np.arange(1, _BINS) / _BINS
    edges = np.unique(np.quantile(np.round(values, 6), at, method="inverted_cdf"))
    places = np.searchsorted(edges, values, side="left")
    counts = np.bincount(places, minlength=len(edges) + 1)
    return Histogram(edges=tuple(edges.tolist()), counts=tuple(counts.tolist()))
