"""The inspection of a data set as one HTML file that needs nothing else."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from html import escape
from typing import Final

from genderlens.data.inspection import Attribute, Counts, Inspection, Sizes
from genderlens.types import LABELS

_PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
      content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: auto; padding: 1rem }}
table {{ border-collapse: collapse; margin: 1rem 0 }}
th, td {{ padding: .2rem .8rem; text-align: right; border-bottom: 1px solid #ddd }}
.text th, .text td {{ text-align: left }}
th:first-child, td:first-child {{ text-align: left; overflow-wrap: anywhere }}
img {{ max-width: 100% }}
</style>
<h1>{title}</h1>
<p>{summary}</p>
{sections}
</html>
"""


def render_report(inspection: Inspection, title: str, grid_png: bytes) -> str:
    """The page: counts per split and attribute, sizes, formats, examples; every name escaped."""
    sections = [
        section("Splits", _counts_table("split", inspection.splits)),
        section("Sizes in pixels", _sizes_table(inspection)),
        section("Formats", table(("format", "pictures"), inspection.formats.items())),
        *(section(name, _attribute(name, a)) for name, a in inspection.attributes.items()),
        section("Examples", image(grid_png)),
    ]
    return render_page(title, _summary(inspection), sections)


def render_page(title: str, summary: str, sections: Iterable[str]) -> str:
    """A page of sections, which are HTML already; title and summary are text."""
    return _PAGE.format(title=escape(title), summary=escape(summary), sections="\n".join(sections))


def _summary(inspection: Inspection) -> str:
    subjects = f", {inspection.subjects:,} subjects" if inspection.subjects else ""
    return f"{inspection.pictures:,} pictures{subjects}, {inspection.unreadable:,} unreadable."


def section(heading: str, content: str) -> str:
    """A heading, which is text, above content, which is HTML."""
    return f"<h2>{escape(heading)}</h2>\n{content}"


def _attribute(name: str, attribute: Attribute) -> str:
    if not attribute.counts:
        return f"<p>{attribute.distinct:,} different values.</p>"
    return _counts_table(name, attribute.counts)


def _counts_table(heading: str, counts: Counts) -> str:
    return table((heading, *LABELS, "all"), (_counts_row(v, row) for v, row in counts.items()))


def _counts_row(value: str, row: Mapping[str, int]) -> list[str | int]:
    return [value, *(row.get(label, 0) for label in LABELS), sum(row.values())]


def _sizes_table(inspection: Inspection) -> str:
    sides = (("width", inspection.width_px), ("height", inspection.height_px))
    return table(
        ("side", "minimum", "median", "maximum"),
        ((name, *_three(sizes)) for name, sizes in sides if sizes),
    )


def _three(sizes: Sizes) -> tuple[int, int, int]:
    return sizes.minimum, sizes.median, sizes.maximum


def table(
    header: Iterable[str], rows: Iterable[Iterable[str | int]], *, kind: str = "numbers"
) -> str:
    """Cells are text, to the right unless the kind is ``text``."""
    lines = [_row("th", header), *(_row("td", row) for row in rows)]
    return f'<table class="{kind}">\n' + "\n".join(lines) + "\n</table>"


def _row(tag: str, cells: Iterable[str | int]) -> str:
    return "<tr>" + "".join(f"<{tag}>{_text(cell)}</{tag}>" for cell in cells) + "</tr>"


def _text(cell: str | int) -> str:
    return f"{cell:,}" if isinstance(cell, int) else escape(cell)


def image(png: bytes, alt: str = "Example pictures with their labels") -> str:
    """A picture inside the page."""
    encoded = base64.b64encode(png).decode()
    return f'<img alt="{escape(alt)}" src="data:image/png;base64,{encoded}">'
