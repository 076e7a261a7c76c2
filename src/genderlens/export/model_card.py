"""The model card, written from ``bundle.json`` alone, so that its figures cannot drift.

Structure: Mitchell et al., "Model Cards for Model Reporting", FAT* 2019.
"""

from __future__ import annotations

from genderlens.bundle import Description, Evaluation, Share

_INTENDED = """\
## What it says, and what it does not

It says how a face in a photograph *looks* to a model that learnt from annotators' labels: perceived
gender presentation, male or female, or `uncertain`. It does not know anybody's gender identity. The
two labels are the data's making; people whom they do not fit are misjudged by design.

**Meant for** aggregate statistics over collections, curation and audits of data sets, research and
teaching, each with a person who can overrule it.

**Not to be used for** decisions about a single person (access, hiring, pricing, policing,
medicine), for identifying or outing anybody, for surveillance, or wherever a wrong answer harms
someone. In the European Union, sorting people by biometric traits is biometric categorisation:
people exposed to it must be told (Regulation (EU) 2024/1689, Article 50), and some uses are
prohibited (Article 5).
"""

_LIMITS = """\
## Known limits

- Young children and faces of fewer than about 30 pixels are judged worst.
- Make-up, head coverings, masks, sunglasses and hair move the answer.
- Race and age groups are annotators' impressions too; groups of few pictures have wide intervals.
- Confidence is calibrated on pictures like the training data; elsewhere it is a rough guide.
"""


def render_model_card(description: Description) -> str:
    """Markdown for people; every figure comes from the description."""
    parts = [_header(description), _INTENDED]
    if description.evaluation is not None:
        parts.append(_evaluation(description.evaluation))
    parts += [_LIMITS, _training(description)]
    return "\n".join(parts)


def _header(description: Description) -> str:
    provenance = description.provenance
    return (
        f"# Model card: {description.name} {description.version}\n\n"
        f"Perceived gender presentation from a face of {description.input.size_px}×"
        f"{description.input.size_px} pixels. {provenance.architecture}, "
        f"{provenance.parameters / 1e6:.2f} million parameters, exported {description.created}.\n\n"
        f"- Training data: {provenance.data} ({provenance.train_rows:,} pictures)\n"
        f"- Licence of the data: {provenance.licence}\n"
        f"- Attribution: {provenance.attribution}\n"
        f"- Licence of these weights: as the data, with attribution\n"
    )


def _evaluation(evaluation: Evaluation) -> str:
    certain = evaluation.metrics["accuracy_when_certain"]
    lines = [
        "## Measured accuracy",
        "",
        f"On {evaluation.data}, {evaluation.overall.count:,} pictures never trained or calibrated "
        f"on, faces `{evaluation.faces}`, through ONNX Runtime and the preprocessing that serves. "
        "Intervals are 95 % (Wilson).",
        "",
        f"**Overall {_percent(evaluation.overall)}.** Uncertain: {_percent(evaluation.abstained)}; "
        f"accuracy of the rest {certain:.1%}.",
        "",
        "Area under ROC {auroc:.4f}, Brier score {brier:.4f}, expected calibration error "
        "{ece:.4f}.".format(**evaluation.metrics),
        "",
    ]
    for column, values in evaluation.groups.items():
        lines += [f"| {column} | accuracy | 95 % interval | pictures |", "|---|---|---|---|"]
        lines += [
            f"| {value} | {share.value:.1%} | {share.low:.1%} – {share.high:.1%} | "
            f"{share.count:,} |"
            for value, share in values.items()
        ]
        lines.append("")
    return "\n".join(lines)


def _percent(share: Share) -> str:
    return f"{share.value:.1%} ({share.low:.1%} – {share.high:.1%})"


def _training(description: Description) -> str:
    provenance, calibration = description.provenance, description.calibration
    recipe = provenance.recipe
    phases = ", ".join(f"{p['epochs']} epochs at {p['size_px']} px" for p in recipe["phases"])
    return (
        "## How it was made\n\n"
        f"From scratch, recipe `{recipe['name']}`: {phases}. Calibrated with temperature "
        f"{calibration.temperature:.3f} on a part of the training data that taught nothing; "
        f"`uncertain` below a confidence of {calibration.abstain_below:.2f}.\n\n"
        f"- Recipe SHA-256: `{provenance.recipe_sha256}`\n"
        f"- Manifest SHA-256: `{provenance.manifest_sha256}`\n"
    )
