"""When each track was there, as a drawing and as a page."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from genderlens.html import Html, element, image, render_page, table
from genderlens.pictures.boxes import percent
from genderlens.pictures.colours import label_colour
from genderlens.storage import write_bytes_atomically
from genderlens.video.tables import LEAST_FRAMES
from genderlens.video.tracker import Track

MOST_ROWS: Final = 200
"""Of tracks drawn; the longest ones, where there are more."""
_WIDTH_PX: Final = 1000
_MARGIN_PX: Final = 40
_ROW_PX: Final = 22
_INK: Final = (60, 64, 70)
_PAPER: Final = (255, 255, 255)
_TICKS: Final = 8


def write_timeline(folder: Path, tracks: Sequence[Track], end_s: float) -> None:
    """``timeline.png`` and ``timeline.html``."""
    drawing = draw_timeline(tracks, end_s)
    write_bytes_atomically(folder / "timeline.png", drawing)
    page = _page(drawing, tracks, end_s)
    write_bytes_atomically(folder / "timeline.html", page.encode())


def draw_timeline(tracks: Sequence[Track], end_s: float) -> bytes:
    """PNG: a bar for each track, in the colour of its answer; seconds below."""
    shown = choose_tracks(tracks)
    height = _ROW_PX * max(1, len(shown)) + 2 * _MARGIN_PX
    picture = Image.new("RGB", (_WIDTH_PX, height), _PAPER)
    canvas, font = ImageDraw.Draw(picture), ImageFont.load_default(12)
    scale = (_WIDTH_PX - 2 * _MARGIN_PX) / max(end_s, 1e-9)
    for row, track in enumerate(shown):
        top = _MARGIN_PX + row * _ROW_PX
        left = _MARGIN_PX + track.start_s * scale
        right = max(left + 2, _MARGIN_PX + track.end_s * scale)
        colour = label_colour(track.answer.head.labels, track.label)
        canvas.rectangle((left, top, right, top + _ROW_PX - 6), fill=colour)
        words = f"{track.number}  {describe(track)}"
        length = canvas.textlength(words, font=font)
        across = min(right + 4, _WIDTH_PX - length - 4) if right + length < _WIDTH_PX else left + 4
        inside = across < right
        canvas.text((across, top), words, fill=_PAPER if inside else _INK, font=font)
    _draw_seconds(canvas, font, end_s, height - _MARGIN_PX + 8)
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def choose_tracks(tracks: Sequence[Track]) -> list[Track]:
    """Those worth a row: seen more than once, the longest where there are too many, by start."""
    counted = [track for track in tracks if track.frames >= LEAST_FRAMES]
    longest = sorted(counted, key=lambda track: track.start_s - track.end_s)[:MOST_ROWS]
    return sorted(longest, key=lambda track: track.number)


def describe(track: Track) -> str:
    """A label and its confidence, or ``uncertain``."""
    return f"{track.label} {percent(track.confidence)}" if track.label else "uncertain"


def _draw_seconds(
    canvas: ImageDraw.ImageDraw,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    end_s: float,
    top: float,
) -> None:
    for tick in range(_TICKS + 1):
        across = _MARGIN_PX + (_WIDTH_PX - 2 * _MARGIN_PX) * tick / _TICKS
        words = f"{end_s * tick / _TICKS:.1f} s"
        canvas.line((across, top - 8, across, top - 2), fill=_INK)
        canvas.text((across - 12, top), words, fill=_INK, font=font)


def _page(drawing: bytes, tracks: Sequence[Track], end_s: float) -> str:
    shown = choose_tracks(tracks)
    rows = [(t.number, f"{t.start_s:.1f}", f"{t.end_s:.1f}", t.frames, describe(t)) for t in shown]
    left_out = len(tracks) - len(shown)
    parts = [
        element("p", f"{len(shown)} tracks in {end_s:.1f} s; {left_out} shorter ones left out."),
        image(drawing, "png", "a bar for each track"),
        table(("track", "from (s)", "to (s)", "frames", "answer"), rows, words={4}),
        element(
            "p",
            "What a face looks like to a model trained on human labels; a track is no person's "
            "identity, and who comes back is a new one.",
            css="quiet",
        ),
    ]
    return render_page("Faces over time", [Html(part) for part in parts])
