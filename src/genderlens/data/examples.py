"""A contact sheet of example pictures, each with its label drawn below it."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageDraw, ImageFont, ImageOps

from genderlens.data.manifest import Manifest
from genderlens.data.sources.images import iterate_contents
from genderlens.data.sources.paths import place_of
from genderlens.data.splits.stratified import hash_rank
from genderlens.errors import DataError, ImageError
from genderlens.pictures.colours import label_colour
from genderlens.pictures.imaging import decode_image

CELL_PX: Final = 112
COLUMNS: Final = 8
LINES_PER_LABEL: Final = 3
_CAPTION_PX: Final = 18
_PAPER: Final = (255, 255, 255)
_UNREADABLE: Final = (200, 200, 200)


def choose_examples(manifest: Manifest, per_label: int, *, seed: int = 0) -> Manifest:
    """So many rows of each label, chosen by their addresses and the seed alone."""
    uris, salt = manifest.uris, f"examples {seed}"

    def rank(row: int) -> int:
        return hash_rank(place_of(uris[row]), salt)

    rows = defaultdict[str, list[int]](list)
    for row, label in enumerate(manifest.labels):
        rows[label].append(row)
    return manifest.take(
        [row for label in manifest.label_words for row in sorted(rows[label], key=rank)[:per_label]]
    )


def draw_examples(manifest: Manifest, *, seed: int = 0) -> Image.Image:
    """The contact sheet: a few lines of pictures for each label.

    A picture that cannot be read is a grey field, so that it is seen.
    """
    chosen = choose_examples(manifest, COLUMNS * LINES_PER_LABEL, seed=seed)
    return draw_sheet(chosen, chosen.labels, manifest.label_words)


def draw_sheet(manifest: Manifest, captions: Sequence[str], words: Sequence[str]) -> Image.Image:
    """Every picture, its caption below it in the colour of its label, which is in ``words``."""
    lines, height = -(-len(manifest) // COLUMNS), CELL_PX + _CAPTION_PX
    sheet = Image.new("RGB", (COLUMNS * CELL_PX, max(1, lines) * height), _PAPER)
    cells = zip(iterate_contents(manifest), captions, manifest.labels, strict=True)
    for index, (content, caption, label) in enumerate(cells):
        corner = (index % COLUMNS * CELL_PX, index // COLUMNS * height)
        sheet.paste(_draw_cell(content, caption, label_colour(words, label)), corner)
    return sheet


def encode_png(image: Image.Image) -> bytes:
    """The bytes of a PNG file."""
    stream = io.BytesIO()
    image.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _draw_cell(content: bytes | DataError, caption: str, ink: tuple[int, int, int]) -> Image.Image:
    cell = Image.new("RGB", (CELL_PX, CELL_PX + _CAPTION_PX), _PAPER)
    size = (CELL_PX - 2, CELL_PX - 2)
    picture = _decode(content)
    if picture is None:
        cell.paste(Image.new("RGB", size, _UNREADABLE), (1, 1))
    else:
        cell.paste(ImageOps.pad(picture, size, color=_PAPER), (1, 1))
    middle = (CELL_PX / 2, CELL_PX + _CAPTION_PX / 2)
    font = ImageFont.load_default(13)
    ImageDraw.Draw(cell).text(middle, caption, fill=ink, anchor="mm", font=font)
    return cell


def _decode(content: bytes | DataError) -> Image.Image | None:
    if isinstance(content, DataError):
        return None
    try:
        return decode_image(content)
    except ImageError:
        return None
