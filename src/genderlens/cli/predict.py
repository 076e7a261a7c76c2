"""``genderlens predict``: photos to answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from genderlens.cli.data.source import Faces, Views
from genderlens.cli.terminal import print_json, print_table, printable
from genderlens.errors import ExitCode
from genderlens.settings import load_settings
from genderlens.types import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from genderlens.data.sources.skipped import SkippedItems
    from genderlens.types import Prediction

_EPILOG = "Exit codes: 0 every picture got an outcome, 3 some were unreadable."


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=_EPILOG)(predict)


def predict(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Pictures, or folders of pictures.")
    ],
    faces: Faces = None,
    model: Annotated[
        str | None, typer.Option(help="Bundle: 'default' or a folder; A,B is an ensemble.")
    ] = None,
    tta: Views = None,
    target_error: Annotated[
        float | None,
        typer.Option(help="Errors among the classified: 0.01 leaves the rest uncertain."),
    ] = None,
    explain: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write a Grad-CAM picture for every face there."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
) -> None:
    """Classify the perceived gender presentation of the person in each picture."""
    settings = load_settings(faces=faces, model=model, tta=tta, target_error=target_error)
    from genderlens.data.sources.skipped import SkippedItems
    from genderlens.inference.files import find_pictures, predict_files
    from genderlens.inference.predictor import create_predictor

    ledger = SkippedItems()
    files = find_pictures(paths, ledger)
    predictor = create_predictor(settings)
    answers = predict_files(predictor, files)
    if explain is not None:
        from genderlens.inference.explain import Explainer, write_explanations

        answers = write_explanations(Explainer(predictor), answers, explain)
    watched = _with_progress(answers, len(files))
    unreadable = _print_json(watched) if as_json else _print_table(watched)
    _tell_counts(ledger, len(files) - unreadable, unreadable, as_json=as_json)
    if unreadable:
        raise typer.Exit(ExitCode.PICTURES)


def _tell_counts(ledger: SkippedItems, read: int, unreadable: int, *, as_json: bool) -> None:
    """On stderr, what lay in the folders beside the pictures; nothing where all were read."""
    if not ledger.passed_over and not unreadable:
        return
    if as_json:
        print_json(ledger.counts(read, unreadable), err=True)
        return
    for line in ledger.sentences(read, unreadable):
        typer.echo(printable(line), err=True)


def _with_progress(
    answers: Iterable[tuple[Path, Prediction]], total: int
) -> Iterator[tuple[Path, Prediction]]:
    from tqdm import tqdm

    yield from tqdm(answers, total=total, desc="predicting", delay=1.0, leave=False)


def _print_json(answers: Iterable[tuple[Path, Prediction]]) -> int:
    unreadable = 0
    for path, answer in answers:
        unreadable += answer.outcome is Outcome.UNREADABLE
        print_json({"path": str(path), **answer.to_dict(), "error_code": answer.error_code})
    return unreadable


def _print_table(answers: Iterable[tuple[Path, Prediction]]) -> int:
    unreadable = 0
    rows = []
    for path, answer in answers:
        unreadable += answer.outcome is Outcome.UNREADABLE
        rows += [(printable(str(path)), *row) for row in _rows(answer)]
    print_table(("picture", "answer", "confidence", "note"), rows)
    return unreadable


def _rows(answer: Prediction) -> Iterator[tuple[str, str, str]]:
    if not answer.faces:
        yield answer.outcome.value, "", printable(answer.error or "")
    for index, face in enumerate(answer.faces):
        note = f"face {index + 1} of {len(answer.faces)}" if len(answer.faces) > 1 else ""
        yield face.prediction or face.outcome.value, f"{face.confidence:.1%}", note
