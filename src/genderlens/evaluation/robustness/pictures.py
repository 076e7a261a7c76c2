"""What a robustness measurement leaves: the table, a chart, and one picture of every step."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageDraw, ImageFont, ImageOps

from genderlens.evaluation.report.drawing import MAIN, QUIET, SECOND, house_style, to_png
from genderlens.evaluation.robustness.corruptions import CORRUPTIONS, Corruption
from genderlens.evaluation.robustness.measurement import CLEAN, Step
from genderlens.evaluation.robustness.subjects import Subject
from genderlens.files.locks import exclusive_folder
from genderlens.pictures.imaging import decode_image
from genderlens.storage import write_bytes_atomically

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_CELL_PX: Final = 144
_CAPTION_PX: Final = 20
_NAME_PX: Final = 130
_INK: Final = (16, 18, 20)
_PAPER: Final = (255, 255, 255)
_GROUND: Final = (225, 228, 232)
_CHART_COLUMNS: Final = 3


def write_robustness(
    out: Path, steps: Sequence[Step], example: Subject | None, facts: Mapping[str, object]
) -> None:
    """Write steps.png (of the example), robustness.png and, last, robustness.json.

    ``facts`` say what was measured on what. Raises MissingExtraError without matplotlib.
    """
    with exclusive_folder(out):
        if example is not None:
            stream = io.BytesIO()
            draw_steps(example).save(stream, "PNG")
            write_bytes_atomically(out / "steps.png", stream.getvalue())
        write_bytes_atomically(out / "robustness.png", draw_chart(steps))
        document = {**facts, "steps": [step.to_dict() for step in steps]}
        text = json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False) + "\n"
        write_bytes_atomically(out / "robustness.json", text.encode("utf-8"))


def draw_steps(subject: Subject) -> Image.Image:
    """A line of pictures for each corruption, from the picture as it is to the severest step."""
    columns = 1 + max(len(corruption.levels) for corruption in CORRUPTIONS.values())
    height = _CELL_PX + _CAPTION_PX
    size = (_NAME_PX + columns * _CELL_PX, len(CORRUPTIONS) * height)
    sheet = Image.new("RGB", size, _PAPER)
    for line, corruption in enumerate(CORRUPTIONS.values()):
        middle = (_NAME_PX - 10, line * height + _CELL_PX // 2)
        font = ImageFont.load_default(15)
        ImageDraw.Draw(sheet).text(middle, corruption.name, fill=_INK, anchor="rm", font=font)
        for column, cell in enumerate(_cells(subject, corruption)):
            sheet.paste(cell, (_NAME_PX + column * _CELL_PX, line * height))
    return sheet


def _cells(subject: Subject, corruption: Corruption) -> list[Image.Image]:
    worse = [
        _cell(decode_image(subject.encode(corruption, level)), corruption.caption(level))
        for level in corruption.levels
    ]
    return [_cell(subject.image, "as it is"), *worse]


def _cell(picture: Image.Image, caption: str) -> Image.Image:
    """Small pictures are shown with hard pixels, so that their size is seen."""
    cell = Image.new("RGB", (_CELL_PX, _CELL_PX + _CAPTION_PX), _PAPER)
    side = _CELL_PX - 4
    small = max(picture.size) < side
    method = Image.Resampling.NEAREST if small else Image.Resampling.LANCZOS
    cell.paste(ImageOps.pad(picture, (side, side), method, color=_GROUND), (2, 2))
    middle = (_CELL_PX / 2, _CELL_PX + _CAPTION_PX / 2 - 2)
    font = ImageFont.load_default(12)
    ImageDraw.Draw(cell).text(middle, caption, fill=_INK, anchor="mm", font=font)
    return cell


def draw_chart(steps: Sequence[Step]) -> bytes:
    """PNG: accuracy with its interval, abstention and refusals by step, a panel each corruption.

    Raises MissingExtraError without matplotlib.
    """
    with house_style():
        from matplotlib.figure import Figure

        clean, *worse = steps
        groups = [(name, list(group)) for name, group in groupby(worse, lambda s: s.corruption)]
        lines = -(-len(groups) // _CHART_COLUMNS)
        figure = Figure(figsize=(4.2 * _CHART_COLUMNS, 2.9 * lines + 0.6), layout="constrained")
        panels = figure.subplots(lines, _CHART_COLUMNS, sharey=True, squeeze=False).ravel()
        for panel, (name, group) in zip(panels, groups, strict=False):
            _draw_panel(panel, name, [clean, *group])
        for panel in panels[len(groups) :]:
            panel.axis("off")
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=len(labels))
        return to_png(figure)


def _draw_panel(axes: Axes, name: str, steps: Sequence[Step]) -> None:
    from matplotlib.ticker import PercentFormatter

    answered = [i for i, step in enumerate(steps) if step.accuracy.count]
    shares = [steps[i].accuracy for i in answered]
    values = [share.value for share in shares]
    spread = [[s.value - s.low for s in shares], [s.high - s.value for s in shares]]
    places = range(len(steps))
    axes.axhline(0.5, color=QUIET, linewidth=1, linestyle=":")
    axes.bar(places, [s.refused.value for s in steps], color=QUIET, alpha=0.45, label="refused")
    axes.errorbar(
        answered,
        values,
        yerr=spread,
        color=MAIN,
        marker="o",
        markersize=4,
        capsize=3,
        label="right among the answered (95 % interval)",
    )
    confidence = [steps[i].confidence or 0.0 for i in answered]
    axes.plot(answered, confidence, color=SECOND, linestyle="--", label="mean confidence")
    axes.plot(
        places, [s.abstained.value for s in steps], color=QUIET, marker="s", markersize=3,
        label="uncertain among the answered",
    )  # fmt: skip
    axes.set_title(name, loc="left")
    axes.set_xlabel(re.sub(r"\{.*?\}", "…", CORRUPTIONS[name].unit), fontsize=8)
    axes.set_xticks(list(places), [_tick(step) for step in steps], fontsize=8)
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))


def _tick(step: Step) -> str:
    """The level in as few signs as fit under a tick: its number and its sign."""
    number = re.search(r"[±\d/.]+[%°]?", step.caption)
    return number[0] if number else CLEAN
