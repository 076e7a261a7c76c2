"""``genderlens drift``: how far pictures lie from those that a model was calibrated on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from genderlens.cli.data.source import Faces, Kind, Pattern, Source, Strict, Words, load_source
from genderlens.cli.terminal import print_json, print_table
from genderlens.errors import BundleError, SettingsError
from genderlens.settings import load_settings

if TYPE_CHECKING:
    from genderlens.data.manifest import Manifest
    from genderlens.inference.predictor import Predictor

_EPILOG = "Exit codes: 0 whatever was found; others as everywhere."


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=_EPILOG)(drift)


def drift(
    source: Source,
    model: Annotated[str | None, typer.Option(help="Bundle: 'default' or a folder.")] = None,
    split: Annotated[str | None, typer.Option(help="Only the pictures of this split.")] = None,
    faces: Faces = None,
    kind: Kind = None,
    pattern: Pattern = None,
    label: Words = None,
    strict: Strict = False,
    write: Annotated[
        bool,
        typer.Option(
            "--write",
            help="Make SOURCE the reference: write inputs.json into the bundle, sign it. Give the "
            "pictures that the model was calibrated on. The version stays.",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Compare pictures with the reference of a bundle, by the population stability index."""
    from genderlens.cli.data.divided import divide_as_trained, select_held_out
    from genderlens.inference.predictor import create_predictor

    settings = load_settings(model=model, faces=faces)
    if write and "," in settings.model:
        raise SettingsError("--write takes one bundle, not an ensemble")
    predictor = create_predictor(settings)
    head = predictor.questions.head
    reading = load_source(source, kind, pattern, label, strict=strict, head=head)
    manifest = reading.manifest
    if split is not None:
        divided = divide_as_trained(manifest, settings)
        manifest = select_held_out(divided, split, source, settings)
    if write:
        _write(predictor, manifest, f"{source}, split {split}" if split else source)
    else:
        _compare(predictor, manifest, reading.counts() if as_json else None)


def _write(predictor: Predictor, manifest: Manifest, source: str) -> None:
    from pathlib import Path

    from genderlens.inference.drift_reference import REFERENCE, learn_reference, write_reference

    faces = predictor.settings.faces
    name = Path(source).name[:200]  # where it lay is nobody's business
    reference = learn_reference(predictor, manifest, faces=faces, data=name)
    bundle = write_reference(predictor.bundle, reference)
    typer.echo(f"wrote {bundle.path / REFERENCE} ({reference.faces:,} faces)")


def _compare(predictor: Predictor, manifest: Manifest, as_json: dict[str, Any] | None) -> None:
    """In words, or as JSON with the counts of the source."""
    from genderlens.inference.drift import compare_inputs
    from genderlens.inference.drift_reference import measure_manifest, read_reference

    reference = read_reference(predictor.bundle)
    if reference is None:
        raise BundleError(
            f"bundle {predictor.bundle.version} holds no reference; make one with "
            "'genderlens drift CALIBRATION-PICTURES --faces cropped --write'"
        )
    found = compare_inputs(
        reference, measure_manifest(predictor, manifest, faces=predictor.settings.faces)
    )
    if as_json is not None:
        inputs = [one.to_dict() for one in found]
        print_json({"model": predictor.version, "inputs": inputs, **as_json})
        return
    rows = [
        (one.name, "–" if one.index is None else f"{one.index:.3f}", one.verdict, f"{one.mean:.3f}")
        for one in found
    ]
    print_table(("input", "index", "verdict", "mean"), rows)
