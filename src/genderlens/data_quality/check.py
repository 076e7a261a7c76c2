"""Everything that ``data check`` can find, in the order in which one part needs another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from genderlens.bundle import Bundle, load_bundle
from genderlens.data.checks.findings import DEFAULT_DISTANCE, DataFinding, check_manifest
from genderlens.data.manifest import Manifest
from genderlens.data_quality.activations import Network, take_activations
from genderlens.data_quality.people import (
    PeopleAnswer,
    find_people_faults,
    list_faces,
    look_at_people,
    look_like_crops,
)
from genderlens.data_quality.suspects import find_suspects, group_rows
from genderlens.inference.predictor import Predictor, create_predictor
from genderlens.settings import Settings


@dataclass(frozen=True)
class CheckOptions:
    """What to look for beside files and duplicates.

    ``people`` None: where the pictures are no face crops. ``suspicious`` is a bundle.
    """

    max_distance: int = DEFAULT_DISTANCE
    people: bool | None = None
    suspicious: str | None = None


@dataclass(frozen=True)
class CheckResult:
    """The findings, and what a reader must know to understand them."""

    findings: list[DataFinding]
    notes: tuple[str, ...]


def check_source(
    manifest: Manifest, wanted: CheckOptions, settings: Settings, *, progress: bool = True
) -> CheckResult:
    """All findings. Raises DetectorError where the detector fails, which is never one person."""
    findings = check_manifest(manifest, max_distance=wanted.max_distance, progress=progress)
    if wanted.people is False and wanted.suspicious is None:
        return CheckResult(findings, ())
    predictor = create_predictor(settings)
    cropped = _are_cropped(predictor, manifest, wanted, settings)
    seen = None if cropped else look_at_people(predictor, manifest, progress=progress)
    if seen is not None and wanted.people is not False:
        findings += find_people_faults(seen)
    notes = ["These look like face crops, so people were not counted; --people does."] * cropped
    if wanted.suspicious is not None:
        suspects, note = _find_suspicious(manifest, wanted.suspicious, findings, seen, settings)
        findings, notes = findings + suspects, [*notes, note]
    return CheckResult(findings, tuple(notes))


def _are_cropped(
    predictor: Predictor, manifest: Manifest, wanted: CheckOptions, settings: Settings
) -> bool:
    if wanted.people:
        return False
    return settings.faces == "cropped" or look_like_crops(predictor, manifest)


def _find_suspicious(
    manifest: Manifest,
    model: str,
    findings: Sequence[DataFinding],
    seen: Sequence[PeopleAnswer] | None,
    settings: Settings,
) -> tuple[list[DataFinding], str]:
    bundle = load_bundle(model)
    network = Network(bundle, threads=settings.threads)
    regions = None if seen is None else list_faces(seen)
    rows, activations = take_activations(network, manifest, regions)
    groups = group_rows(manifest, findings)
    suspects = find_suspects(manifest, rows, activations, groups, words=_words(manifest, bundle))
    note = f"Labels of {len(rows):,} pictures were judged by what the model {model!r} sees in them."
    return [suspect.to_finding() for suspect in suspects], note


def _words(manifest: Manifest, bundle: Bundle) -> tuple[str, ...]:
    """The labels that the pictures may have: the model's, or their own where those are others.

    What the network sees in them tells them apart, whichever words it was taught. Of more than two
    labels those that no picture has are left out.
    """
    own, head = {str(label) for label in manifest.counts()}, bundle.head
    if not own <= {*head.labels}:
        return tuple(sorted(own))
    met = tuple(label for label in head.labels if label in own)
    return head.labels if head.is_binary or len(met) < 2 else met
