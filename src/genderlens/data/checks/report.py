"""What ``data check`` found, as one HTML file that needs nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from genderlens.data.checks.findings import DataFault, DataFinding
from genderlens.data.examples import draw_sheet, encode_png
from genderlens.data.manifest import Manifest
from genderlens.html import Html, element, image, render_page, table

MAX_LISTED: Final = 200
"""Findings of one fault that are spelled out; --json lists them all."""
MAX_DRAWN: Final = 64


def render_check(
    manifest: Manifest,
    findings: Sequence[DataFinding],
    notes: Sequence[str],
    suspects_png: bytes | None,
) -> str:
    """The page: how much of what, then every fault with its pictures; every name escaped."""
    sources = ", ".join(sorted(filter(None, manifest.counts("source"))))
    parts = _parts(manifest, findings, notes, suspects_png)
    return render_page(f"Data check: {sources}", parts)


def draw_suspects(manifest: Manifest, findings: Sequence[DataFinding]) -> bytes | None:
    """A PNG of the worst suspicious labels, as ``given? 0.02``; None where there are none."""
    suspects = [f for f in findings if f.fault is DataFault.SUSPICIOUS_LABEL][:MAX_DRAWN]
    if not suspects:
        return None
    captions = [f"{f.details['given']}? {f.details['self_confidence']:.2f}" for f in suspects]
    drawn = manifest.take([f.rows[0] for f in suspects])
    return encode_png(draw_sheet(drawn, captions, manifest.label_words))


def _parts(
    manifest: Manifest,
    findings: Sequence[DataFinding],
    notes: Sequence[str],
    suspects_png: bytes | None,
) -> Iterator[Html]:
    counts = Counter(finding.fault for finding in findings)
    yield element("p", " ".join((f"{len(manifest):,} pictures checked.", *notes)))
    yield element("h2", "Found")
    rows = [(fault.value, f"{counts[fault]:,}") for fault in DataFault if counts[fault]]
    yield table(("fault", "findings"), rows) if rows else element("p", "Nothing.")
    if suspects_png is not None:
        yield element("h2", "Most suspicious labels")
        yield element(
            "p", "Below each picture: its label, and the probability that the others leave it."
        )
        yield image(suspects_png, "png", "The pictures with the most suspicious labels")
    for fault in DataFault:
        if counts[fault]:
            yield from _list(manifest, fault, findings)


def _list(manifest: Manifest, fault: DataFault, findings: Sequence[DataFinding]) -> Iterator[Html]:
    own = [finding for finding in findings if finding.fault is fault]
    yield element("h2", fault.value.replace("_", " ").capitalize())
    header = ("picture", "label", "split", "reason")
    yield table(header, _rows(manifest, own[:MAX_LISTED]), words=range(len(header)))
    if len(own) > MAX_LISTED:
        yield element("p", f"… and {len(own) - MAX_LISTED:,} more; --json lists them all.")


def _rows(manifest: Manifest, findings: Sequence[DataFinding]) -> Iterator[tuple[str, ...]]:
    """One line a picture; the reason stands beside the first picture of a finding."""
    uris, labels, splits = manifest.uris, manifest.labels, manifest.column("split")
    for finding in findings:
        for index, row in enumerate(finding.rows):
            reason = "" if index else finding.reason
            yield uris[row], labels[row], splits[row] or "", reason
