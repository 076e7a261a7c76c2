"""``genderlens robustness``: how accuracy falls on worse pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from genderlens.cli.data.divided import divide_as_trained, select_held_out
from genderlens.cli.data.source import Faces, Kind, Pattern, Strict, Upright, Words, load_source
from genderlens.cli.terminal import print_json, print_table
from genderlens.settings import load_settings

if TYPE_CHECKING:
    from genderlens.evaluation.robustness.measurement import Step
    from genderlens.inference.predictor import Predictor
    from genderlens.types import Box, Estimate, Prediction

Item = TypeVar("Item")
Result = TypeVar("Result")
_EPILOG = "Writes robustness.json, robustness.png and, with one picture of every step, steps.png."


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=_EPILOG)(robustness)


def robustness(
    model: Annotated[str, typer.Argument(help="Bundle: 'default' or a folder.")],
    data: Annotated[str, typer.Option(help="SOURCE of labelled pictures.")],
    out: Annotated[Path, typer.Option(help="Folder to write to.")],
    split: Annotated[
        str | None, typer.Option(help="Split to measure on; unset: all that never taught.")
    ] = None,
    sample: Annotated[int, typer.Option(min=1, help="Most pictures to measure on.")] = 300,
    faces: Faces = None,
    upright_crops: Upright = None,
    kind: Kind = None,
    pattern: Pattern = None,
    label: Words = None,
    strict: Strict = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per step.")] = False,
) -> None:
    """Measure accuracy, doubt and refusals on pictures made worse step by step."""
    settings = load_settings(faces=faces, upright_crops=upright_crops, model=model)
    from genderlens.data.sources.parts import parse_part
    from genderlens.evaluation.report.drawing import require_matplotlib
    from genderlens.evaluation.robustness.measurement import measure_robustness
    from genderlens.evaluation.robustness.pictures import write_robustness
    from genderlens.evaluation.robustness.subjects import choose_sample, read_subjects
    from genderlens.inference.predictor import create_predictor

    require_matplotlib()
    predictor = create_predictor(settings)
    head = predictor.questions.head
    reading = load_source(data, kind, pattern, label, strict=strict, head=head)
    manifest = divide_as_trained(reading.manifest, settings)
    if split is not None:
        manifest = select_held_out(manifest, split, data, settings)
    part = None if split is None else parse_part(split, "--split")
    manifest = choose_sample(manifest, sample, split=part)
    crop, answer = predictor.bundle.crop, partial(_answer, predictor)
    find_face = partial(_find_face, predictor)
    unreadable: list[str] = []
    subjects = read_subjects(manifest, crop, find_face, unreadable)
    steps = measure_robustness(answer, subjects, partial(_spread, len(manifest)))
    example = next(read_subjects(manifest, crop, find_face, []), None)
    facts = {
        "model": predictor.version,
        "faces": settings.faces_told,
        "pictures": len(manifest) - len(unreadable),
        "unreadable": unreadable,
    }
    write_robustness(out, steps, example, facts)
    if as_json:
        for step in steps:
            print_json(step.to_dict())
        if reading.is_partial:
            print_json(reading.counts(), err=True)
    else:
        _print_table(steps)
        typer.echo(f"wrote {out}; {len(unreadable)} of {len(manifest)} pictures unreadable")


def _answer(predictor: Predictor, content: bytes) -> Prediction:
    return predictor.predict([content])[0]


def _find_face(predictor: Predictor, content: bytes) -> Box | None:
    faces = _answer(predictor, content).faces
    return faces[0].box if faces else None


def _spread(
    total: int, function: Callable[[Item], Result], items: Iterable[Item]
) -> Iterator[Result]:
    """In threads, with a progress bar."""
    from tqdm import tqdm

    from genderlens.cpus import map_in_threads

    yield from tqdm(map_in_threads(function, items), total=total, desc="worsening", delay=1.0)


def _print_table(steps: Iterable[Step]) -> None:
    rows = [
        (
            step.corruption,
            step.caption,
            _percent(step.accuracy),
            f"{step.abstained.value:.1%}",
            f"{step.refused.value:.1%}",
            "" if step.level is None else f"{step.changed.value:.1%}",
            "" if step.confidence is None else f"{step.confidence:.3f}",
        )
        for step in steps
    ]
    header = ("corruption", "step", "right", "uncertain", "refused", "changed", "confidence")
    print_table(header, rows)


def _percent(share: Estimate) -> str:
    if not share.count:
        return ""
    return f"{share.value:.1%} ({share.low:.1%} – {share.high:.1%})"
