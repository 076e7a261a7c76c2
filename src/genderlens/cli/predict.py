"""``genderlens predict``: photos to answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from genderlens.cli.answers import OUTPUTS, choose_output
from genderlens.cli.attributes import Attributes
from genderlens.cli.data.source import Device, Faces, Upright, Views
from genderlens.cli.terminal import print_json, printable
from genderlens.errors import ExitCode
from genderlens.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from genderlens.data.sources.skipped import SkippedItems
    from genderlens.library.inputs import Input
    from genderlens.library.predictor import PhotoPredictor
    from genderlens.library.result import Result

_EPILOG = "Exit codes: 0 every picture got an outcome, 3 some were unreadable."


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=_EPILOG)(predict)


def predict(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...",
            help="Pictures, folders or globs, here or in a cloud (s3://…); "
            "- is one picture from stdin, @FILE a list with one path a line.",
        ),
    ],
    faces: Faces = None,
    upright_crops: Upright = None,
    model: Annotated[
        str | None, typer.Option(help="Bundle: 'default' or a folder; A,B is an ensemble.")
    ] = None,
    tta: Views = None,
    attributes: Attributes = None,
    device: Device = None,
    target_error: Annotated[
        float | None,
        typer.Option(help="Errors among the classified: 0.01 leaves the rest uncertain."),
    ] = None,
    explain: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write a Grad-CAM picture for every face there."),
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write every picture with its boxes and answers there."),
    ] = None,
    output: Annotated[
        str | None, typer.Option(help=f"How to print: {', '.join(OUTPUTS)}; unset: table.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object per line; the same as --output json.")
    ] = False,
) -> None:
    """Classify the perceived gender presentation of the person in each picture."""
    chosen = choose_output(output, as_json=as_json)
    settings = load_settings(
        faces=faces,
        upright_crops=upright_crops,
        model=model,
        tta=tta,
        device=device,
        target_error=target_error,
        attributes=attributes,
    )
    from genderlens.data.sources.skipped import SkippedItems
    from genderlens.inference.predictor import create_predictor
    from genderlens.library.arguments import find_inputs
    from genderlens.library.inputs import InputOptions
    from genderlens.library.predictor import PhotoPredictor

    skipped = SkippedItems()
    inputs = find_inputs(paths, skipped)
    predictor = PhotoPredictor(create_predictor(settings), InputOptions())
    results = _answer(predictor, inputs, explain=explain, save=save)
    unreadable = OUTPUTS[chosen](_with_progress(results, len(inputs)))
    _tell_counts(skipped, len(inputs) - unreadable, unreadable, as_json=chosen == "json")
    if unreadable:
        raise typer.Exit(ExitCode.PICTURES)


def _answer(
    predictor: PhotoPredictor, inputs: Sequence[Input], *, explain: Path | None, save: Path | None
) -> Iterable[Result]:
    """The results in order; the pictures that are asked for are written on the way."""
    from genderlens.library.written import save_explanations, save_plots

    results: Iterable[Result] = predictor.batch(inputs)
    if explain is not None:
        predictor.require_explainable()
        results = save_explanations(results, explain)
    return results if save is None else save_plots(results, save)


def _tell_counts(skipped: SkippedItems, read: int, unreadable: int, *, as_json: bool) -> None:
    """On stderr, what lay in the folders beside the pictures; nothing where all were read."""
    if not skipped.passed_over and not unreadable:
        return
    if as_json:
        print_json(skipped.counts(read, unreadable), err=True)
        return
    for line in skipped.sentences(read, unreadable):
        typer.echo(printable(line), err=True)


def _with_progress(results: Iterable[Result], total: int) -> Iterator[Result]:
    from tqdm import tqdm

    yield from tqdm(results, total=total, desc="predicting", delay=1.0, leave=False)
