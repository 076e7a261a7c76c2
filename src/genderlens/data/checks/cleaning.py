"""A manifest without the rows in which something is wrong, and a list of what was left out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from genderlens.data.checks.findings import DataFault, DataFinding
from genderlens.data.manifest import Manifest
from genderlens.errors import SettingsError

DROPS: Final = {
    "unreadable": (DataFault.UNREADABLE,),
    "conflicts": (DataFault.CONFLICTING_LABEL,),
    "people": (DataFault.NO_PERSON, DataFault.MANY_PEOPLE),
    "suspicious": (DataFault.SUSPICIOUS_LABEL,),
    "leaks": (DataFault.LEAK,),
    "duplicates": (DataFault.EXACT_DUPLICATE, DataFault.NEAR_DUPLICATE),
}
"""The words of ``--drop`` → the faults, in the order in which they are gone through."""
REASON: Final = "dropped_because"
"""The column that says why in the list of what was left out."""
_WEIGHT: Final = {"test": 0, "val": 1, "calibration": 2, "train": 3, None: 4}
"""Of pictures in several splits that of the first here stays, so that a test stays comparable."""


def parse_drops(text: str) -> list[str]:
    """``unreadable,duplicates`` as words of DROPS; SettingsError for any other."""
    words = [word.strip() for word in text.split(",")]
    unknown = [word for word in words if word not in DROPS]
    if unknown:
        raise SettingsError(f"--drop {unknown[0]!r} is not known; give some of {', '.join(DROPS)}")
    return words


def drop_faults(
    manifest: Manifest, findings: Iterable[DataFinding], drops: Collection[str]
) -> tuple[Manifest, Manifest]:
    """The rows that stay, and those that do not with their reasons; together they are all rows.

    Of duplicates one stays, of a leak the rows of one split (test before validation before
    calibration before training); of other faults none. Raises EmptyClassError where a label would
    have no picture left.
    """
    found = list(findings)
    splits = manifest.column("split")
    reasons: dict[int, str] = {}
    for word in (word for word in DROPS if word in drops):
        for finding in (finding for finding in found if finding.fault in DROPS[word]):
            rows = [row for row in finding.rows if row not in reasons]
            for row in set(rows) - set(_stay(finding.fault, rows, splits)):
                reasons[row] = f"{finding.fault.value}: {finding.reason}"
    kept = manifest.take([row for row in range(len(manifest)) if row not in reasons])
    gone = sorted(reasons)
    listed = manifest.take(gone).with_column(REASON, [reasons[row] for row in gone])
    return kept.require_labels(manifest.label_words), listed


def _stay(fault: DataFault, rows: Sequence[int], splits: Sequence[str | None]) -> list[int]:
    if not rows or fault not in (*DROPS["duplicates"], DataFault.LEAK):
        return []
    best = min(rows, key=lambda row: (_WEIGHT[splits[row]], row))
    if fault is DataFault.LEAK:
        return [row for row in rows if splits[row] in (splits[best], None)]
    return [best]
