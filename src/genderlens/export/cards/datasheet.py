"""The datasheet of the data that made a model, written from the run's manifest.

Questions: Gebru et al., "Datasheets for Datasets", Communications of the ACM 64(12), 2021. What a
manifest cannot know is said to be not recorded, and whom to ask instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from genderlens.bundle import Description
from genderlens.data.manifest import SPLITS, Manifest, natural_key
from genderlens.export.cards.head_words import label_count, subject
from genderlens.export.cards.markdown import cell, table

MOST_VALUES: Final = 30
"""Columns of more values are counted, not listed: those are names, not groups."""

_MOTIVATION: Final = """\
## Motivation

Why, by whom and with which funds the pictures were collected is not recorded here; the publication
named above says it. For this model they were chosen to teach {subject} as
labelled by annotators.
"""

_COLLECTION: Final = """\
## Collection and labelling

How the pictures were acquired, whether the people in them were asked, and who labelled them under
which instructions is not recorded here; ask the publication named above. Assume that nobody in the
pictures was asked about their gender.

The labels are impressions of annotators: **{subject}, {kind} by the data's
making, not identity**. Race, age and other attributes are annotators' impressions too, unless the
publication says otherwise.
"""

_PREPROCESSING: Final = """\
## Preprocessing

Pictures were decoded, turned upright and cut into squares by the code that also serves the model;
the originals were not changed. `genderlens data check` finds unreadable pictures, duplicates, leaks
across splits and conflicting labels; whether its findings were acted upon is not recorded here.
"""

_USES: Final = """\
## Uses

Used to train, calibrate and measure this model. Not to be used to identify anybody, to learn or to
dispute anybody's gender identity, to predict race or ethnicity, or to single out people whom the
{count} labels do not fit. A model made from it inherits its gaps: groups with few pictures above \
tend
to be judged worse, and are measured less exactly.

The pictures show people; whoever stores or processes them needs a lawful basis, and must be able to
remove a person who asks for it.
"""


def render_datasheet(description: Description, manifest: Manifest) -> str:
    """Markdown for people; every figure is counted in the manifest. No address of a picture."""
    head = description.head
    words = {
        "subject": subject(head),
        "kind": "binary" if head.kind == "binary" else f"{label_count(head)} labels",
        "count": label_count(head),
    }
    parts = [_head(description, manifest), _MOTIVATION.format(**words)]
    parts += [_composition(manifest, head.labels), _COLLECTION.format(**words), _PREPROCESSING]
    parts += [_USES.format(**words), _distribution(description)]
    return "\n".join(parts)


def _head(description: Description, manifest: Manifest) -> str:
    provenance = description.provenance
    return (
        f"# Datasheet: the data of {description.name} {description.version}\n\n"
        f"- Data: {provenance.data}\n"
        f"- Attribution: {provenance.attribution}\n"
        f"- Licence: {provenance.licence}\n"
        f"- Pictures: {len(manifest):,}\n"
        f"- Manifest SHA-256 (address, label and split of every picture): "
        f"`{provenance.manifest_sha256}`\n"
    )


def _composition(manifest: Manifest, labels: Sequence[str]) -> str:
    lines = ["## Composition", "", "Each instance is a picture of one face with one label.", ""]
    lines += [*_splits(manifest, labels), "", _subjects(manifest), ""]
    for name in manifest.attributes:
        lines += [*_attribute(manifest, name, labels), ""]
    lines.append(
        "Attributes are as the data set gives them. Whether the pictures are a sample of a larger "
        "set, and which relations, errors or confidential content they have, is not recorded here."
    )
    return "\n".join(lines) + "\n"


def _splits(manifest: Manifest, labels: Sequence[str]) -> list[str]:
    pairs = Counter(zip(manifest.column("split"), manifest.labels, strict=True))
    rows = []
    for split in (*SPLITS, None):
        counts = [pairs[split, label] for label in labels]
        if sum(counts):
            rows.append((split or "none", sum(counts), *counts))
    lines = table(("split", "pictures", *map(cell, labels)), rows)
    return [*lines, "", "`train` taught, `calibration` set temperature and thresholds only."]


def _subjects(manifest: Manifest) -> str:
    subjects = manifest.counts("subject")
    without = subjects.pop(None, 0)
    if not subjects:
        return (
            "Who is in a picture is not recorded, so the same person may stand in several splits, "
            "which would flatter calibration and accuracy."
        )
    return (
        f"{len(subjects):,} people by the data set's own marks, each in one split; "
        f"{without:,} pictures without a mark."
    )


def _attribute(manifest: Manifest, name: str, labels: Sequence[str]) -> list[str]:
    pairs = Counter(zip(manifest.column(name), manifest.labels, strict=True))
    values = sorted({value for value, _ in pairs if value is not None}, key=natural_key)
    missing = sum(pairs[None, label] for label in labels)
    if len(values) > MOST_VALUES:
        return [f"`{cell(name)}`: {len(values):,} different values, {missing:,} missing."]
    rows: list[tuple[object, ...]] = []
    for value in (*values, *([None] if missing else [])):
        counts = [pairs[value, label] for label in labels]
        share = f"{sum(counts) / len(manifest):.1%}"
        rows.append((cell("missing" if value is None else value), sum(counts), share, *counts))
    return table((cell(name), "pictures", "share", *map(cell, labels)), rows)


def _distribution(description: Description) -> str:
    return (
        "## Distribution and maintenance\n\n"
        "The pictures are not part of this bundle; whoever wants them asks their publisher, under "
        f"the licence {description.provenance.licence}. Corrections, removals and new versions are "
        "the publisher's; a model trained before them does not know of them. This file was written "
        f"with the model on {description.created[:10]} and is not updated.\n"
    )
