from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

import photos
from genderlens.data.checks import report as check_report
from genderlens.data.checks.findings import DataFault, DataFinding
from genderlens.data.checks.report import draw_suspects, render_check
from genderlens.data.manifest import Manifest


def suspects(count: int, folder: Path) -> tuple[Manifest, list[DataFinding]]:
    (folder / "a.png").write_bytes(photos.encode(photos.portrait().resize((60, 60)), "PNG"))
    rows = [{"uri": f"{folder}/a.png", "label": "male", "source": "<set>"} for _ in range(count)]
    details: dict[str, str | float] = {"given": "male", "self_confidence": 0.25}
    reason = "labelled <male>"
    findings = [
        DataFinding(DataFault.SUSPICIOUS_LABEL, reason, (row,), details) for row in range(count)
    ]
    return Manifest.from_rows(rows), findings


def test_the_worst_are_drawn(tmp_path: Path) -> None:
    manifest, findings = suspects(100, tmp_path)
    png = draw_suspects(manifest, findings)
    assert png is not None
    with Image.open(io.BytesIO(png)) as sheet:
        assert sheet.size == (8 * 112, 8 * 130)
        assert sheet.crop((1, 1, 111, 111)).getextrema() != ((255, 255),) * 3
    assert draw_suspects(manifest, []) is None


def test_the_page_tells_every_fault_and_escapes(tmp_path: Path) -> None:
    manifest, findings = suspects(3, tmp_path)
    more = [*findings, DataFinding(DataFault.EXACT_DUPLICATE, "equal bytes", (0, 1))]
    page = render_check(manifest, more, ["A note."], draw_suspects(manifest, findings))
    assert "<h1>Data check: &lt;set&gt;</h1>" in page
    assert "3 pictures checked. A note." in page
    assert "<h2>Exact duplicate</h2>" in page
    assert page.count("equal bytes") == 1
    assert "labelled &lt;male&gt;" in page
    assert "data:image/png;base64," in page


def test_a_clean_page_and_a_long_one(tmp_path: Path) -> None:
    manifest, findings = suspects(check_report.MAX_LISTED + 5, tmp_path)
    assert "<p>Nothing.</p>" in render_check(manifest, [], [], None)
    assert "… and 5 more; --json lists them all." in render_check(manifest, findings, [], None)
