from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

from conftest import ClassFolders
from genderlens.data.examples import CELL_PX, COLUMNS, choose_examples, draw_examples, encode_png
from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source


def test_examples_are_chosen_by_label_and_seed() -> None:
    manifest = Manifest.from_rows(
        {"uri": str(index), "label": "male" if index % 3 else "female"} for index in range(90)
    )
    chosen = choose_examples(manifest, 4)
    assert chosen.labels == ["female"] * 4 + ["male"] * 4
    assert choose_examples(manifest, 4).uris == chosen.uris
    assert choose_examples(manifest, 4, seed=1).uris != chosen.uris
    assert len(choose_examples(manifest, 50)) == 80


def test_the_sheet_shows_each_picture_above_its_label(class_folders: ClassFolders) -> None:
    sheet = draw_examples(read_source(str(class_folders(4))))
    assert sheet.width == CELL_PX * COLUMNS
    pixels = np.asarray(sheet, dtype=int)
    red, blue = pixels[50, 50], pixels[50, 4 * CELL_PX + 50]
    assert red[0] > red[2]
    assert blue[2] > blue[0]
    captions = pixels[CELL_PX:]
    assert (captions.min(axis=2) < 128).any()


def test_what_cannot_be_read_is_a_grey_field(tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_text("no picture")
    names = ("gone.jpg", "text.jpg")
    rows = [{"uri": str(tmp_path / name), "label": "male"} for name in names]
    sheet = draw_examples(Manifest.from_rows(rows))
    assert sheet.getpixel((50, 50)) == sheet.getpixel((CELL_PX + 50, 50)) == (200, 200, 200)


def test_the_file_is_a_png() -> None:
    with Image.open(io.BytesIO(encode_png(draw_examples(Manifest.from_rows([]))))) as image:
        assert image.format == "PNG"
