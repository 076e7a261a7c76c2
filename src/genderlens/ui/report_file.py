"""Reports of ``genderlens evaluate``: found in a folder, and read with care."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from genderlens.errors import DataError

REPORT: Final = "report.json"
MAX_BYTES: Final = 50_000_000
_MOST: Final = 200
_DEPTHS: Final = ("", "*/", "*/*/", "*/*/*/")


@dataclass(frozen=True, slots=True)
class Report:
    """What ``report.json`` holds, as far as the page shows it."""

    facts: dict[str, Any]
    pictures: int
    outcomes: dict[str, int]
    metrics: dict[str, dict[str, float]]
    groups: list[dict[str, Any]]
    reliability: list[dict[str, float]]

    def group_columns(self) -> list[str]:
        """Columns whose groups stand alone, not crossed with others."""
        return list(dict.fromkeys(one["columns"][0] for one in self.groups if _is_single(one)))

    def groups_of(self, column: str) -> list[dict[str, Any]]:
        """Rows of a chart, worst first; ``small`` ones say little and are marked so."""
        rows = [
            {
                "name": f"{one['values'][0]}{' (few)' if one['small'] else ''}",
                "count": one["count"],
                **{key: one["accuracy"][key] for key in ("value", "low", "high")},
            }
            for one in self.groups
            if _is_single(one) and one["columns"][0] == column and one["accuracy"]["count"]
        ]
        return sorted(rows, key=lambda row: row["value"])


def list_reports(folder: Path) -> list[str]:
    """Names of the folders that hold a report, below ``folder`` and not far below."""
    root = folder.expanduser()
    found = {path.parent for depth in _DEPTHS for path in root.glob(f"{depth}{REPORT}")}
    return sorted(path.relative_to(root).as_posix() for path in found)[:_MOST]


def read_folder(folder: Path, name: str) -> Report:
    """One of ``list_reports``. Raises DataError."""
    if name not in list_reports(folder):
        raise DataError(f"there is no report {name!r} any more; choose another")
    path = folder.expanduser() / name / REPORT
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DataError(f"{name!r} is larger than {MAX_BYTES / 1e6:.0f} MB, so it is no report")
        return parse_report(path.read_bytes())
    except OSError as error:
        raise DataError(f"cannot read {name!r}: {error.strerror}; check its rights") from error


def parse_report(content: bytes) -> Report:
    """Raises DataError for what is no report of a known format."""
    try:
        document = json.loads(content)
        if document["format"] != 1:
            raise DataError(f"report format {document['format']!r} is not known here; upgrade")
        report = Report(
            facts=dict(document["facts"]),
            pictures=int(document["pictures"]),
            outcomes=dict(document["outcomes"]),
            metrics=_defined(document["metrics"]),
            groups=list(document.get("groups", [])),
            reliability=list(document.get("curves", {}).get("reliability", [])),
        )
        for column in report.group_columns():
            report.groups_of(column)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise DataError(
            "this is no report.json of 'genderlens evaluate'; give the file as it was written"
        ) from error
    return report


def _defined(metrics: dict[str, dict[str, float | None]]) -> dict[str, dict[str, float]]:
    """Without the figures that these pictures do not tell, such as the worst of small groups."""
    return {
        name: _interval({key: value for key, value in one.items() if value is not None})
        for name, one in metrics.items()
        if one["value"] is not None
    }


def _interval(estimate: dict[str, float]) -> dict[str, float]:
    return {key: float(estimate[key]) for key in ("value", "low", "high")}


def _is_single(group: dict[str, Any]) -> bool:
    return len(group["columns"]) == 1
