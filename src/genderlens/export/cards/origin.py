"""Where the weights of a bundle come from, as its card tells it."""

from __future__ import annotations

from typing import Final

from genderlens.bundle import Description, Imported, PrecisionSpec
from genderlens.export.cards.markdown import cell, percent_words

_START: Final = {"none": "scratch", "imagenet": "ImageNet"}


def render_origin(description: Description) -> str:
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
            f" In this order it gives the label of {percent_words(imported.agreement)} of "
            f"{imported.agreement.count} labelled pictures."
        )
    parity, own = imported.parity, ", ".join(f"`{cell(word)}`" for word in imported.outputs)
    named = (f"output {place} `{cell(word)}`" for place, word in enumerate(imported.order))
    outputs = ", ".join(named).removeprefix("output 0 ")
    single = " (of a single output: low and high values)" if len(imported.order) == 2 else ""
    logit = "" if parity.logit is None else f", {parity.logit:g} in the logit"
    return (
        "## Import\n\n"
        f"Made from `{cell(imported.source)}` ({imported.kind}, SHA-256 `{imported.sha256}`).\n"
        f"Output 0 is {outputs}{single}, {said}; its own words: {own or 'none'}.{agreement}\n"
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
