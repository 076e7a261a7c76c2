"""What test-time augmentation and ensembles gain and what they cost, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa

from genderlens.evaluation.figures.counts import count_answers, count_shares
from genderlens.evaluation.figures.metrics import calibration_gap
from genderlens.evaluation.judging import judge_rows
from genderlens.evaluation.report.formatting import percent
from genderlens.evaluation.rows import Bools, Judged
from genderlens.html import Html, element, table
from genderlens.types import Estimate

_MEANING = (
    "The same pictures, asked in several ways: the face once (off), with its mirror image (flip), "
    "or both at three crops (crops). Mended are the pictures that plain asking got wrong and this "
    "one right; spoilt the other way round. More views take more time."
)


@dataclass(frozen=True)
class Variant:
    """The figures of one way to ask."""

    name: str
    accuracy: Estimate
    """Of the answered, the uncertain ones judged by their likelier label."""
    abstained: Estimate
    ece: float
    mended: int
    spoilt: int
    classify_ms: float
    cost: float
    """Time to classify as a multiple of plain asking."""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def compare_variants(
    tables: Mapping[str, pa.Table], classify_ms: Mapping[str, float], *, plain: str = "off"
) -> list[Variant]:
    """A row for each variant, against ``plain``; the tables hold the same pictures in order."""
    judged = {name: judge_rows(found) for name, found in tables.items()}
    before = judged[plain].right
    return [
        _measure(name, rows, before, classify_ms[name], classify_ms[plain])
        for name, rows in judged.items()
    ]


def _measure(
    name: str, rows: Judged, before: Bools, classify_ms: float, plain_ms: float
) -> Variant:
    shares = count_shares(count_answers(rows), rows.head)
    answered, right = rows.answered, rows.right
    return Variant(
        name=name,
        accuracy=shares["accuracy"],
        abstained=shares["abstention_rate"],
        ece=calibration_gap(rows.confidence[answered], right[answered]),
        mended=int((right & ~before).sum()),
        spoilt=int((before & ~right).sum()),
        classify_ms=round(classify_ms, 3),
        cost=round(classify_ms / max(1e-9, plain_ms), 2),
    )


def variant_sections(variants: list[Variant]) -> Iterator[Html]:
    """The part of the report; nothing without variants."""
    if not variants:
        return
    yield element("h2", "Other ways to ask: gain and cost")
    yield element("p", _MEANING)
    header = ("variant", "right (95 % interval)", "mended", "spoilt", "uncertain", "ECE", "time")
    yield table(header, [_row(variant) for variant in variants])


def _row(variant: Variant) -> tuple[str, ...]:
    right = variant.accuracy
    return (
        variant.name,
        f"{percent(right.value)} ({percent(right.low)} – {percent(right.high)})",
        str(variant.mended),
        str(variant.spoilt),
        percent(variant.abstained.value),
        f"{variant.ece:.4f}",
        f"{variant.cost:.1f}×",
    )
