"""The wrong answers, the most confident first, with their pictures."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps
from tqdm import tqdm

from genderlens.data.manifest import Manifest
from genderlens.data.sources.images import iterate_contents, stored_order
from genderlens.errors import ImageError
from genderlens.evaluation.columns import Answers
from genderlens.evaluation.rows import Judged
from genderlens.pictures.imaging import decode_image

Explain = Callable[[bytes], Image.Image | None]
"""Encoded picture → a picture of what the model looked at, None where there is none."""

MOST: Final = 96
SIDE_PX: Final = 128
_COLUMNS: Final = 12
_CAPTION_PX: Final = 34
_PAPER: Final = (255, 255, 255)
_MISSING: Final = (200, 200, 200)
_BOX: Final = (255, 196, 0)


@dataclass(frozen=True)
class Mistake:
    """A picture whose likelier label is not the annotators'; None where it cannot be read."""

    uri: str
    label: str
    said: str
    confidence: float
    picture: Image.Image | None
    explanation: Image.Image | None

    @property
    def caption(self) -> str:
        return f"labelled {self.label}, said {self.said} {self.confidence:.1%}"


def find_mistakes(
    rows: Judged,
    table: Answers,
    *,
    most: int = MOST,
    explain: Explain | None = None,
    progress: bool = False,
) -> list[Mistake]:
    """The most confident wrong answers; ``table`` is the one that ``rows`` came from.

    ``explain`` gives the picture beside each, such as Grad-CAM.
    """
    wrong = np.flatnonzero(rows.answered & ~rows.right)
    ranked = wrong[np.argsort(-rows.confidence[wrong], kind="stable")][:most]
    chosen = table.take(rows.position[ranked])
    uris = [str(uri) for uri in chosen.column("uri").to_pylist()]
    boxes = chosen.column("box").to_pylist() if "box" in chosen.column_names else [None] * len(uris)
    contents = tqdm(
        _contents(uris), total=len(uris), desc="mistakes", delay=1.0, disable=not progress
    )
    words, said = rows.head.labels, rows.likelier
    found: dict[int, Mistake] = {}
    for place, content in contents:
        row = ranked[place]
        found[place] = Mistake(
            uri=uris[place],
            label=words[rows.label[row]],
            said=words[said[row]],
            confidence=float(rows.confidence[row]),
            picture=_thumbnail(content, boxes[place]),
            explanation=_explain(explain, content),
        )
    return [found[place] for place in sorted(found)]


def draw_mistakes(mistakes: Sequence[Mistake]) -> Image.Image:
    """All of them on one sheet, label and answer below each."""
    cells = [_draw_cell(mistake) for mistake in mistakes]
    width = cells[0].width if cells else SIDE_PX
    columns = max(1, min(len(cells), _COLUMNS * SIDE_PX // width))
    lines = max(1, -(-len(cells) // columns))
    sheet = Image.new("RGB", (columns * width, lines * (SIDE_PX + _CAPTION_PX)), _PAPER)
    for index, cell in enumerate(cells):
        sheet.paste(cell, (index % columns * width, index // columns * cell.height))
    return sheet


def encode_jpeg(image: Image.Image) -> bytes:
    """A small file for the page."""
    stream = io.BytesIO()
    image.convert("RGB").save(stream, "JPEG", quality=78, optimize=True)
    return stream.getvalue()


def _contents(uris: Sequence[str]) -> Iterator[tuple[int, bytes]]:
    """(place, encoded bytes) in the order in which the pictures are stored; empty where gone."""
    manifest = Manifest.from_rows({"uri": uri, "label": None} for uri in uris)
    order = stored_order(manifest)
    for place, content in zip(order, iterate_contents(manifest.take(order)), strict=True):
        yield place, content if isinstance(content, bytes) else b""


def _explain(explain: Explain | None, content: bytes) -> Image.Image | None:
    picture = explain(content) if explain and content else None
    return ImageOps.contain(picture, (SIDE_PX, SIDE_PX)) if picture else None


def _thumbnail(content: bytes, box: Sequence[float] | None) -> Image.Image | None:
    """Small, with the face that was judged framed where the picture shows more than it."""
    if not content:
        return None
    try:
        image = decode_image(content).convert("RGB")
    except ImageError:
        return None
    scale = SIDE_PX / max(image.size)
    small = ImageOps.contain(image, (SIDE_PX, SIDE_PX))
    if box:
        corners = [value * scale for value in box]
        ImageDraw.Draw(small).rectangle(corners, outline=_BOX, width=2)
    return small


def _draw_cell(mistake: Mistake) -> Image.Image:
    pictures = [mistake.picture or Image.new("RGB", (SIDE_PX, SIDE_PX), _MISSING)]
    if mistake.explanation is not None:
        pictures.append(mistake.explanation.convert("RGB"))
    cell = Image.new("RGB", (SIDE_PX * len(pictures), SIDE_PX + _CAPTION_PX), _PAPER)
    for index, picture in enumerate(pictures):
        padded = ImageOps.pad(picture, (SIDE_PX - 4, SIDE_PX - 4), color=_PAPER)
        cell.paste(padded, (index * SIDE_PX + 2, 2))
    first, _, second = mistake.caption.partition(", ")
    _write(cell, (first, second))
    return cell


def _write(cell: Image.Image, lines: Iterable[str]) -> None:
    draw, font = ImageDraw.Draw(cell), ImageFont.load_default(12)
    for index, line in enumerate(lines):
        place = (cell.width / 2, SIDE_PX + 8 + 14 * index)
        draw.text(place, line, fill=(20, 20, 20), anchor="mm", font=font)
