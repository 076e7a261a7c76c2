"""What a benchmark measured, as tables for the terminal and as a picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from genderlens.evaluation.report.drawing import INK, PALETTE, house_style, to_png
from genderlens.export.benchmark.kinds import SERVES, WAYS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LATENCY_HEADER = (
    "graph alone, batch 1",
    "threads",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "best batch",
    "per s",
)
_END_HEADER = ("photo to answer", "p50 ms", "p95 ms", "p99 ms", "decode", "detect", "classify")
_COLD_HEADER = ("fresh process", "first answer s", "peak memory MB")
_SIZE_HEADER = ("on disk", "MB")
_STAGES = ("decode", "detect", "classify")

Row = tuple[str, ...]
Table = tuple[Row, Iterator[Row]]
"""A header, and the rows below it."""


def list_tables(found: dict[str, Any]) -> Iterator[Table]:
    """All that was measured, in tables that a terminal of 80 columns holds."""
    yield _LATENCY_HEADER, _below_bundles(_latency_rows(found))
    yield _END_HEADER, _below_bundles(_end_rows(found))
    kinds = tuple(found["kinds"])
    yield ("CPU ms, one thread", *kinds), _kind_rows(found, "cpu_ms", "")
    yield (f"times {SERVES}", *kinds), _kind_rows(found, "ratio", "×")
    yield _COLD_HEADER, _below_bundles(_cold_rows(found))
    yield _SIZE_HEADER, _below_bundles(_size_rows(found))


def _below_bundles(rows: Iterator[Row]) -> Iterator[Row]:
    """The rows without the version of the bundle, which stands in a row of its own above them."""
    last = None
    for name, *cells in rows:
        version, _, graph = name.partition(" ")
        if version != last:
            yield version, *("" for _ in cells)
        yield f"  {graph}", *cells
        last = version


def _brief(milliseconds: float, digits: int) -> str:
    """With that many decimals; of a hundred and more none."""
    return f"{milliseconds:.{digits if milliseconds < 100 else 0}f}"


def _latency_rows(found: dict[str, Any]) -> Iterator[Row]:
    """A row for each variant and number of threads."""
    for threads, variants in found["model"].items():
        for name, batches in variants.items():
            one = batches["1"]
            best = max(batches, key=lambda batch: float(batches[batch]["per_second"]))
            times = (_brief(one[key], 2) for key in ("p50_ms", "p95_ms", "p99_ms"))
            yield name, threads, *times, best, f"{batches[best]['per_second']:.0f}"


def _end_rows(found: dict[str, Any]) -> Iterator[Row]:
    """A row for each variant; stages as shares of their sum."""
    for name, row in found["end_to_end"].items():
        total = sum(row["stages_ms"].values())
        times = (_brief(row[key], 1) for key in ("p50_ms", "p95_ms", "p99_ms"))
        yield (
            name,
            *times,
            *(f"{row['stages_ms'].get(stage, 0.0) / total:.0%}" for stage in _STAGES),
        )


def _kind_rows(found: dict[str, Any], figure: str, unit: str) -> Iterator[Row]:
    """A row for each way to answer; a column for each kind of photo."""
    for way in WAYS:
        told = (ways.get(way) for ways in found["kinds"].values())
        yield way, *(f"{one[figure]:.1f}{unit}" if one else "" for one in told)


def _cold_rows(found: dict[str, Any]) -> Iterator[Row]:
    """A row for each variant."""
    for name, row in found["cold"].items():
        peak = row["peak_memory_bytes"]
        yield name, f"{row['first_answer_s']:.2f}", "" if peak is None else f"{peak / 1e6:.0f}"


def _size_rows(found: dict[str, Any]) -> Iterator[Row]:
    """A row for each graph of each bundle, and for the whole folder."""
    for version, sizes in found["bytes"].items():
        for name, size in sizes.items():
            yield f"{version} {name}", f"{size / 1e6:.1f}"


def draw(found: dict[str, Any]) -> bytes:
    """PNG: throughput over the batch size, latency of one face, and where a photo's time goes."""
    from matplotlib.figure import Figure

    with house_style():
        figure = Figure(figsize=(9.0, 4.0 + 0.6 * len(found["end_to_end"])), layout="constrained")
        parts: Any = figure.subfigures(2, 1, height_ratios=(3, 2))
        upper, lower = parts
        panels = upper.subplots(1, len(found["model"]), sharey=True, squeeze=False)[0]
        for axes, (threads, variants) in zip(panels, found["model"].items(), strict=True):
            _throughput(axes, threads, variants)
        panels[0].set_ylabel("faces per second")
        upper.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
        _stages(lower.subplots(), found["end_to_end"])
        return to_png(figure)


def _throughput(axes: Axes, threads: str, variants: dict[str, Any]) -> None:
    for colour, (name, batches) in zip(PALETTE, variants.items(), strict=False):
        sizes = [int(batch) for batch in batches]
        rates = [row["per_second"] for row in batches.values()]
        axes.plot(sizes, rates, marker="o", markersize=3, color=colour, label=name)
    axes.set_xscale("log", base=2)
    axes.set_xticks(sizes, [str(size) for size in sizes])
    axes.set_ylim(bottom=0)
    axes.set_xlabel("batch size")
    axes.set_title(f"graph alone, {threads} thread{'s' if threads != '1' else ''}", fontsize=10)


def _stages(axes: Axes, variants: dict[str, Any]) -> None:
    names = list(variants)
    left = [0.0] * len(names)
    for colour, stage in zip(PALETTE, _STAGES, strict=False):
        widths = [variants[name]["stages_ms"].get(stage, 0.0) for name in names]
        axes.barh(names, widths, left=left, color=colour, label=stage, height=0.6)
        left = [start + width for start, width in zip(left, widths, strict=True)]
    for row, total in enumerate(left):
        axes.text(total, row, f" {total:.1f} ms", va="center", color=INK, fontsize=8)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.margins(x=0.12)
    axes.tick_params(axis="y", labelsize=7)
    axes.set_xlabel("milliseconds from an encoded photo to its answer, one thread (median)")
    axes.legend(ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0), fontsize=8)
