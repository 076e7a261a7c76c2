"""The model card, written from ``bundle.json`` alone, so that its figures cannot drift.

Sections: Mitchell et al., "Model Cards for Model Reporting", FAT* 2019.
"""

from __future__ import annotations

from typing import Final

from genderlens.bundle import (
    CalibrationSpec,
    Description,
    Evaluation,
    Imported,
    PrecisionSpec,
    Share,
)
from genderlens.export.cards.markdown import cell, table
from genderlens.export.cards.notes import certain_count, list_notes
from genderlens.export.cards.texts import CAVEATS, ETHICS, EU_AI_ACT, FACTORS, INTENDED_USE

SMALL_GROUP: Final = 100
"""Groups of fewer pictures are shown and not compared."""


def render_model_card(description: Description) -> str:
    """Markdown for people; every figure comes from the description."""
    parts = [_details(description), INTENDED_USE, FACTORS, _metrics(description)]
    if description.evaluation is not None:
        unseen = "never trained or calibrated on"
        if description.imported and not description.provenance.recipe_sha256:
            unseen = "never calibrated on; whether they taught it is not known"
        parts.append(_evaluation(description.evaluation, unseen))
    parts += [_doubt(description), _origin(description), ETHICS, EU_AI_ACT, CAVEATS]
    return "\n".join(parts)


def _details(description: Description) -> str:
    provenance, (height, width) = description.provenance, description.input.shape
    return (
        f"# Model card: {description.name} {description.version}\n\n"
        f"Perceived gender presentation, as annotators labelled it, from a face of "
        f"{width}×{height} pixels.\n\n"
        "## Model details\n\n"
        f"- Network: {provenance.architecture}, {provenance.parameters / 1e6:.2f} million "
        f"parameters; one logit, the log-odds of `male`\n"
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
        f"**Overall {_percent(evaluation.overall)}.** Uncertain: {_percent(evaluation.abstained)}; "
        f"{rest}.",
        "",
        "Area under ROC {auroc:.4f}, Brier score {brier:.4f}, expected calibration error "
        "{ece:.4f}.".format(**evaluation.metrics),
        "",
    ]
    for column, values in evaluation.groups.items():
        lines += [*_group(column, values), ""]
    return "\n".join(lines)


def _group(column: str, values: dict[str, Share]) -> list[str]:
    rows = [
        (cell(value), f"{share.value:.1%}", f"{share.low:.1%} – {share.high:.1%}", share.count)
        for value, share in values.items()
    ]
    lines = table((cell(column), "accuracy", "95 % interval", "pictures"), rows)
    large = {value: share for value, share in values.items() if share.count >= SMALL_GROUP}
    if len(large) > 1:
        worst = min(large, key=lambda value: large[value].value)
        best = max(large, key=lambda value: large[value].value)
        gap = 100 * (large[best].value - large[worst].value)
        lines += [
            "",
            f"Largest gap among groups of at least {SMALL_GROUP} pictures: {gap:.1f} percentage "
            f"points, between {worst} and {best}.",
        ]
    return lines


def _doubt(description: Description) -> str:
    own = description.calibration
    lines = ["## Doubt", ""]
    if description.is_calibrated:
        lines += [
            f"Calibrated with temperature {own.temperature:.3f} and exponent {own.exponent:.3f} on "
            f"{_pictures(own)} that taught nothing.",
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


_START = {"none": "scratch", "imagenet": "ImageNet"}


def _percent(share: Share) -> str:
    return f"{share.value:.1%} ({share.low:.1%} – {share.high:.1%})"


def _origin(description: Description) -> str:
    """Where the weights come from: an import, a training, or both."""
    parts = []
    if description.imported is not None:
        parts.append(_import(description.imported, description.precision))
    if description.provenance.recipe_sha256:
        parts.append(_training(description))
    return "\n".join(parts)


def _import(imported: Imported, precision: PrecisionSpec) -> str:
    said = {
        "file": "as it says itself",
        "option": "as whoever imported it said",
        "pictures": "by agreement on labelled pictures",
    }[imported.ordered_by]
    agreement = ""
    if imported.agreement is not None:
        agreement = (
            f" In this order it gives the label of {_percent(imported.agreement)} of "
            f"{imported.agreement.count} labelled pictures."
        )
    parity, own = imported.parity, ", ".join(f"`{cell(word)}`" for word in imported.outputs)
    logit = "" if parity.logit is None else f", {parity.logit:g} in the logit"
    return (
        "## Import\n\n"
        f"Made from `{cell(imported.source)}` ({imported.kind}, SHA-256 `{imported.sha256}`).\n"
        f"Output 0 is `{imported.order[0]}`, output 1 `{imported.order[1]}` (of a single output: "
        f"low and high values), {said}; its own words: {own or 'none'}.{agreement}\n"
        f"On {parity.pictures} pictures the bundle differs from its source by at most "
        f"{parity.probability:g} in the probability{logit}.\n"
        f"Served in {precision.serves.upper()}: {precision.reason}.\n"
    )


def _training(description: Description) -> str:
    provenance = description.provenance
    recipe = provenance.recipe
    size = recipe["input"]["size_px"]
    phases = ", ".join(
        f"{phase['epochs']} epochs at {phase['size_px'] or size} px" for phase in recipe["phases"]
    )
    pretrained = recipe["model"].get("pretrained", "none")
    start = provenance.start or _START.get(pretrained, pretrained)
    teachers = " and ".join(f"`{name}`" for name in recipe.get("teacher", ()))
    taught = f", taught by {teachers}" if teachers else ""
    return (
        "## Training\n\n"
        f"Recipe `{recipe['name']}`: {phases}; weights started from {start}{taught}.\n"
        f"Served in {description.precision.serves.upper()}: {description.precision.reason}.\n\n"
        f"- Recipe SHA-256: `{provenance.recipe_sha256}`\n"
        f"- Manifest SHA-256: `{provenance.manifest_sha256}`\n"
    )
