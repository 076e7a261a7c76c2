"""The model card, written from ``bundle.json`` alone, so that its figures cannot drift.

Sections: Mitchell et al., "Model Cards for Model Reporting", FAT* 2019.
"""

from __future__ import annotations

from typing import Final

from genderlens.bundle import BoxJitter, CalibrationSpec, Description, Evaluation
from genderlens.export.cards.attributes import render_attributes
from genderlens.export.cards.groups import group_lines
from genderlens.export.cards.head_words import logit_words, subject
from genderlens.export.cards.markdown import percent_words, table
from genderlens.export.cards.notes import certain_count, list_notes
from genderlens.export.cards.origin import render_origin
from genderlens.export.cards.texts import CAVEATS, ETHICS, EU_AI_ACT, FACTORS, intended_use


def render_model_card(description: Description) -> str:
    """Markdown for people; every figure comes from the description."""
    parts = [
        _details(description),
        intended_use(description.head),
        FACTORS,
        _metrics(description),
    ]
    if description.evaluation is not None:
        unseen = "never trained or calibrated on"
        if description.imported and not description.provenance.recipe_sha256:
            unseen = "never calibrated on; whether they taught it is not known"
        parts.append(_evaluation(description.evaluation, unseen))
    parts += [render_attributes(description)] if description.heads[1:] else []
    parts += [_doubt(description), render_origin(description), ETHICS, EU_AI_ACT, CAVEATS]
    return "\n".join(parts)


def _details(description: Description) -> str:
    provenance, head = description.provenance, description.head
    height, width = description.input.shape
    return (
        f"# Model card: {description.name} {description.version}\n\n"
        f"{subject(head).capitalize()}, as annotators labelled it, from a face of "
        f"{width}×{height} pixels.\n\n"
        "## Model details\n\n"
        f"- Network: {provenance.architecture}, {provenance.parameters / 1e6:.2f} million "
        f"parameters; {logit_words(head)}\n"
        f"- Exported: {description.created}\n"
        f"- Training data: {provenance.data}{_rows(provenance.train_rows)}; see "
        "DATASHEET.md where it lies beside this file\n"
        f"- Licence of the data: {provenance.licence}\n"
        f"- Attribution: {provenance.attribution}\n"
        "- Licence of these weights: as the data, with attribution\n"
    )


def _rows(count: int) -> str:
    return f" ({count:,} pictures)" if count else ""


def _metrics(description: Description) -> str:
    own = description.calibration
    return (
        "## Metrics\n\n"
        "Accuracy counts every answer by its likelier label, also the `uncertain` ones; refused "
        "pictures are counted apart. Shares carry 95 % Wilson intervals. An answer is `uncertain` "
        f"below a confidence of {own.abstain_below:.2f} unless a setting says otherwise. Test-time "
        f"augmentation: `{description.inference.tta}`.\n"
    )


def _evaluation(evaluation: Evaluation, unseen: str) -> str:
    certain = evaluation.metrics["accuracy_when_certain"]
    rest = (
        f"accuracy of the rest {certain:.1%}"
        if certain_count(evaluation)
        else "none is left whose accuracy could be told"
    )
    lines = [
        "## Measured accuracy",
        "",
        f"On {evaluation.data}, {evaluation.overall.count:,} pictures {unseen}, faces "
        f"`{evaluation.faces}`, through ONNX Runtime and the preprocessing that serves. "
        "Intervals are 95 % (Wilson).",
        "",
        f"**Overall {percent_words(evaluation.overall)}.** "
        f"Uncertain: {percent_words(evaluation.abstained)}; {rest}.",
        "",
        f"{_figures(evaluation.metrics)}.",
        "",
    ]
    if evaluation.box_jitter is not None:
        lines += [_box_jitter(evaluation.box_jitter), ""]
    for column, values in evaluation.groups.items():
        lines += [*group_lines(column, values), ""]
    return "\n".join(lines)


def _box_jitter(jitter: BoxJitter) -> str:
    return (
        f"**When the detector's box moves** by {jitter.shift:.0%} of its side, or grows or shrinks "
        f"by {jitter.growth - 1:.0%}, {percent_words(jitter.changed)} of the labels change (the "
        f"mean of {jitter.moves} moves of each of {jitter.changed.count:,} pictures, taken as "
        "photos; the interval is a bootstrap's)."
    )


_FIGURES: Final = {
    "auroc": "area under ROC",
    "f1_macro": "macro-F1",
    "off_by_one_accuracy": "right or off by one",
    "mean_absolute_error": "mean absolute error in groups",
    "brier": "Brier score",
    "ece": "expected calibration error",
}


def _figures(metrics: dict[str, float]) -> str:
    """Those that the bundle was measured by, as the beginning of a sentence."""
    told = [f"{words} {metrics[name]:.4f}" for name, words in _FIGURES.items() if name in metrics]
    words = ", ".join(told)
    return words[:1].upper() + words[1:]


def _doubt(description: Description) -> str:
    own = description.calibration
    lines = ["## Doubt", ""]
    if description.is_calibrated:
        bent = f" and exponent {own.exponent:.3f}" if description.head.kind == "binary" else ""
        lines += [
            f"Calibrated with temperature {own.temperature:.3f}{bent} on {_pictures(own)} that "
            "taught nothing.",
            "",
        ]
    for note in list_notes(description):
        lines += [f"**{note}**", ""]
    if own.thresholds:
        lines += [*_thresholds(own), ""]
    return "\n".join(lines)


def _pictures(spec: CalibrationSpec) -> str:
    return f"{spec.count:,} pictures" if spec.count else "pictures"


def _thresholds(spec: CalibrationSpec) -> list[str]:
    rows = [
        (
            f"{entry.target_error:.1%}",
            f"{entry.abstain_below:.4f}",
            f"{entry.coverage:.1%}",
            f"{entry.error:.2%}",
        )
        for entry in spec.thresholds
    ]
    header = ("target error", "uncertain below", "classified", "error among them")
    return [
        "Thresholds for a wanted share of errors among the classified (`GENDERLENS_TARGET_ERROR`), "
        "with what was measured on the calibration pictures. They hold on average over groups, not "
        "in each group, and only on pictures like those.",
        "",
        *table(header, rows),
    ]
