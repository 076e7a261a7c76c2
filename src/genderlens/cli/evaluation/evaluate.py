"""``genderlens evaluate``: labelled pictures through a model into a report."""

from __future__ import annotations

from dataclasses import replace
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from genderlens.cli.attributes import Attributes
from genderlens.cli.data.source import (
    Faces,
    Kind,
    Pattern,
    Strict,
    Upright,
    Views,
    Words,
    load_source,
)
from genderlens.cli.evaluation.judged import (
    Asking,
    describe_data,
    list_heads,
    predict_table,
    read_table,
    select_judging,
    tell_unlabelled,
)
from genderlens.cli.terminal import print_json, print_table, printable
from genderlens.errors import ExitCode, SettingsError
from genderlens.settings import load_settings

if TYPE_CHECKING:
    from genderlens.data.manifest import Manifest
    from genderlens.evaluation.assessment import Assessment
    from genderlens.evaluation.rules import Rule

_EPILOG = (
    "Exit codes: 0 evaluated and every rule kept, 10 a rule of --fail-if broken (the report is "
    "written all the same); others as everywhere."
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=_EPILOG)(evaluate)


def evaluate(
    out: Annotated[Path, typer.Option(help="Folder for report.html, report.json and plots.")],
    model: Annotated[
        str | None, typer.Argument(metavar="[MODEL]", help="Bundle: 'default' or a folder.")
    ] = None,
    data: Annotated[str | None, typer.Option(help="SOURCE of labelled pictures.")] = None,
    predictions: Annotated[
        Path | None, typer.Option(help="Judge this predictions table instead of asking a model.")
    ] = None,
    split: Annotated[str | None, typer.Option(help="Only the pictures of this split.")] = None,
    faces: Faces = None,
    upright_crops: Upright = None,
    tta: Views = None,
    kind: Kind = None,
    pattern: Pattern = None,
    label: Words = None,
    strict: Strict = False,
    by: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="Audit the groups of this attribute; 'label' works."),
    ] = None,
    fail_if: Annotated[
        list[str] | None,
        typer.Option(metavar="RULE", help="End with 10 where it holds: worst_group_accuracy<0.9"),
    ] = None,
    min_group: Annotated[
        int, typer.Option(min=1, help="Smaller groups are shown, and not called worst.")
    ] = 100,
    target_error: Annotated[
        float, typer.Option(min=0.0001, max=0.4999, help="Errors to allow among the answered.")
    ] = 0.01,
    attributes: Attributes = None,
    attribute_label: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HEAD=COLUMN",
            help="Where the data says what is true of a further head; unset: the column named "
            "like it.",
        ),
    ] = None,
    variants: Annotated[
        bool, typer.Option("--variants", help="Also measure every test-time augmentation.")
    ] = False,
    pictures: Annotated[
        bool, typer.Option(help="Show the wrong answers' pictures in the report.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Figures as one JSON object.")] = False,
) -> None:
    """Measure a model on labelled pictures: figures with intervals, groups, doubt, mistakes."""
    from genderlens.evaluation.assessment import figure_names
    from genderlens.evaluation.questions import Measures, assess_answers
    from genderlens.evaluation.report.drawing import require_matplotlib
    from genderlens.evaluation.report.report_folder import start_folder, write_evaluation
    from genderlens.evaluation.rules import parse_rule, require_known
    from genderlens.evaluation.truth import parse_truths, require_heads
    from genderlens.files.locks import exclusive_folder

    rules, truths = (
        [parse_rule(text) for text in fail_if or ()],
        parse_truths(attribute_label or ()),
    )
    require_matplotlib()
    _require_one(model, predictions, data, variants=variants)
    settings = load_settings(
        faces=faces, upright_crops=upright_crops, model=model, tta=tta, attributes=attributes
    )
    heads = list_heads(settings, predictions)
    require_heads(heads, truths)
    require_known(rules, figure_names(heads, grouped=bool(by)))
    manifest: Manifest | None = None
    counts: dict[str, Any] = {}
    if data is not None:
        reading = load_source(data, kind, pattern, label, strict=strict, head=heads[0])
        asked = None if model is None else settings
        manifest = select_judging(reading.manifest, split, data, asked)
        counts = reading.counts()
    if predictions is not None:
        predicted = read_table(predictions, manifest, by or (), truths)
    else:
        assert manifest is not None
        wanted = Asking(by or (), truths, explain=pictures, variants=variants)
        predicted = predict_table(settings, manifest, wanted)
    assessed = assess_answers(
        predicted.table,
        Measures(by or (), target_error, min_group),
        manifest=manifest,
        facts=describe_data(manifest, split) | predicted.facts,
        progress=True,
    )
    tell_unlabelled(assessed.unlabelled)
    assessment = replace(assessed.assessment, variants=predicted.variants)
    with exclusive_folder(out):
        start_folder(out, predicted.table)
        write_evaluation(
            out,
            assessment,
            assessed.rows,
            predicted.table,
            rules=rules,
            explain=predicted.explain,
            pictures=pictures,
            progress=True,
        )
    _print(assessment, rules, out, counts if as_json else None)
    if any(rule.is_broken(assessment.figures) for rule in rules):
        raise typer.Exit(ExitCode.RULE_BROKEN)


def _require_one(
    model: str | None, predictions: Path | None, data: str | None, *, variants: bool
) -> None:
    if (model is None) == (predictions is None):
        raise SettingsError("give either MODEL or --predictions TABLE.parquet")
    if model is None and variants:
        raise SettingsError("--variants asks a model: give MODEL instead of --predictions")
    if model is not None and data is None:
        raise SettingsError("a model needs labelled pictures: give --data SOURCE")


def _print(
    assessment: Assessment, rules: list[Rule], out: Path, as_json: dict[str, Any] | None
) -> None:
    """In words, or as JSON with the counts of the source."""
    from genderlens.evaluation.report.report_folder import rule_verdicts
    from genderlens.evaluation.report.wording import UNDEFINED_FIGURES

    verdicts = rule_verdicts(assessment, rules)
    if as_json is not None:
        print_json({**_without_curves(assessment.to_dict()), "rules": verdicts, **as_json})
        return
    counts = ", ".join(f"{name} {count:,}" for name, count in assessment.outcomes.items() if count)
    typer.echo(f"{assessment.pictures:,} pictures: {counts}\n")
    _print_figures(assessment)
    for one in assessment.further:
        typer.echo(f"\nattribute {one.head.name}, {one.pictures:,} labelled pictures\n")
        _print_figures(one)
    if any(isnan(figure.value) for figure in assessment.figures.values()):
        typer.echo(UNDEFINED_FIGURES.format(smallest=assessment.smallest))
    for verdict in verdicts:
        typer.echo(f"fail if {verdict['rule']}: {'BROKEN' if verdict['broken'] else 'kept'}")
    typer.echo(f"\nwrote {printable(str(out / 'report.html'))}")


def _print_figures(assessment: Assessment) -> None:
    from genderlens.evaluation.report.figure_words import PLAIN_NUMBERS
    from genderlens.evaluation.report.formatting import number, percent

    rows = []
    for name, figure in assessment.metrics.items():
        measured = (figure.value, figure.low, figure.high)
        plain = name in PLAIN_NUMBERS
        rows.append((name, *(number(v) if plain else percent(v, 2) for v in measured)))
    print_table(("figure", "measured", "95 % from", "to"), rows)


def _without_curves(document: dict[str, Any]) -> dict[str, Any]:
    kept = {name: part for name, part in document.items() if name != "curves"}
    if "attributes" in kept:
        parts = kept["attributes"].items()
        kept["attributes"] = {name: _without_curves(part) for name, part in parts}
    return kept
