from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
from PIL import Image

import photos
from genderlens.labelling.outputs.fingerprints import (
    ItemFingerprint,
    take_fingerprint,
    write_duplicates,
    write_fingerprints,
)


def look(image: Image.Image, quality: int = 95) -> ItemFingerprint:
    return take_fingerprint(photos.encode(image, quality=quality), image)


def test_copies_in_other_sizes_and_qualities_are_one_picture_across_shards(tmp_path: Path) -> None:
    portrait, cat = photos.portrait(), photos.landscapes()["cat"]
    plain = Image.new("RGB", (64, 64), "red")
    shards = [
        [("a", "classified", look(portrait)), ("b", "no_person", look(cat))],
        [
            ("c", "classified", look(portrait.resize((256, 256)), 60)),
            ("d", "unreadable", None),
            ("e", "no_person", look(plain)),
            ("f", "no_person", look(Image.new("RGB", (64, 64), "blue"))),
            ("g", "unreadable", None),
        ],
    ]
    paths = [tmp_path / f"{number}.parquet" for number in range(2)]
    for rows, path in zip(shards, paths, strict=True):
        write_fingerprints(rows, path)
    counts = write_duplicates(paths, tmp_path / "out.parquet")
    assert counts == {"classified": 1, "no_person": 3, "unreadable": 2}
    assert pq.read_table(tmp_path / "out.parquet").to_pylist() == [{"uri": "c", "same_as": "a"}]


def test_without_a_single_look_nothing_is_alike(tmp_path: Path) -> None:
    write_fingerprints([("a", "unreadable", None)], tmp_path / "a.parquet")
    assert write_duplicates([tmp_path / "a.parquet"], tmp_path / "o.parquet") == {"unreadable": 1}
