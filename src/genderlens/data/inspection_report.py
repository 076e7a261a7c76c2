"""The inspection of a data set as one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from genderlens.data.inspection import AttributeCounts, Counts, Inspection, Sizes
from genderlens.html import Html, element, image, render_page, table


def render_report(inspection: Inspection, title: str, grid_png: bytes) -> str:
    """The page: counts per split and attribute, sizes, formats, examples; every name escaped."""
    return render_page(title, _parts(inspection, grid_png))


def _parts(inspection: Inspection, grid_png: bytes) -> Iterator[Html]:
    yield element("p", _summary(inspection))
    yield element("h2", "Splits")
    yield _counts_table("split", inspection.splits, inspection.labels)
    yield element("h2", "Sizes in pixels")
    yield _sizes_table(inspection)
    yield element("h2", "Formats")
    yield table(("format", "pictures"), [(n, f"{c:,}") for n, c in inspection.formats.items()])
    for name, attribute in inspection.attributes.items():
        yield element("h2", name)
        yield _attribute(name, attribute, inspection.labels)
    yield element("h2", "Examples")
    yield image(grid_png, "png", "Example pictures with their labels")


def _summary(inspection: Inspection) -> str:
    subjects = f", {inspection.subjects:,} subjects" if inspection.subjects else ""
    return f"{inspection.pictures:,} pictures{subjects}, {inspection.unreadable:,} unreadable."


def _attribute(name: str, attribute: AttributeCounts, labels: Sequence[str]) -> Html:
    if not attribute.counts:
        return element("p", f"{attribute.distinct:,} different values.")
    return _counts_table(name, attribute.counts, labels)


def _counts_table(heading: str, counts: Counts, labels: Sequence[str]) -> Html:
    rows = [_counts_row(value, row, labels) for value, row in counts.items()]
    return table((heading, *labels, "all"), rows)


def _counts_row(value: str, row: Mapping[str, int], labels: Sequence[str]) -> list[str]:
    counts = (*(row.get(label, 0) for label in labels), sum(row.values()))
    return [value, *(f"{count:,}" for count in counts)]


def _sizes_table(inspection: Inspection) -> Html:
    sides = (("width", inspection.width_px), ("height", inspection.height_px))
    rows = [_sizes_row(name, sizes) for name, sizes in sides if sizes]
    return table(("side", "minimum", "median", "maximum"), rows)


def _sizes_row(side: str, sizes: Sizes) -> list[str]:
    return [side, *(f"{px:,}" for px in (sizes.minimum, sizes.median, sizes.maximum))]
