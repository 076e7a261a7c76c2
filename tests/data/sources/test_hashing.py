from __future__ import annotations

import time

import numpy as np
import pytest
from PIL import Image, ImageEnhance

import photos
from genderlens.data.sources.hashing import (
    MIN_CORRELATION,
    Pairs,
    difference_hash,
    iterate_near_pairs,
    iterate_similar_pairs,
    thumbnail,
)
from genderlens.pictures.imaging import decode_image


def distance(first: Image.Image, second: Image.Image) -> int:
    return (difference_hash(first) ^ difference_hash(second)).bit_count()


def as_set(pieces: list[Pairs]) -> set[tuple[int, ...]]:
    return {tuple(sorted(pair)) for pairs in pieces for pair in pairs.tolist()}


def test_a_hash_tells_where_a_picture_brightens() -> None:
    ramp = np.tile(np.arange(90, dtype=np.uint8), (80, 1))
    assert difference_hash(Image.fromarray(ramp)) == 2**64 - 1
    assert difference_hash(Image.fromarray(ramp[:, ::-1])) == 0


def test_another_size_encoder_and_brightness_move_few_bits() -> None:
    original = photos.portrait()
    assert distance(original, original.resize((97, 97))) <= 4
    assert distance(original, decode_image(photos.encode(original, "WEBP", quality=30))) <= 4
    assert distance(original, ImageEnhance.Brightness(original).enhance(0.8)) <= 4
    assert all(distance(original, other) > 10 for other in photos.landscapes().values())


@pytest.mark.parametrize("max_distance", [0, 1, 4, 7, 16])
def test_banding_finds_what_comparing_all_finds(max_distance: int) -> None:
    rng = np.random.default_rng(max_distance)
    base = rng.integers(0, 2**64, 60, dtype=np.uint64)
    counts = rng.integers(0, max_distance + 2, 300)
    flips = [rng.choice(64, count, replace=False).tolist() for count in counts]
    masks = np.array([sum(1 << bit for bit in bits) for bits in flips], dtype=np.uint64)
    hashes = base[rng.integers(0, 60, 300)] ^ masks
    differing = np.bitwise_count(hashes[:, None] ^ hashes[None, :])
    rows, columns = np.nonzero(np.triu(differing <= max_distance, k=1))
    expected = set(zip(rows.tolist(), columns.tolist(), strict=True))
    assert len(expected) > 100
    assert as_set(list(iterate_near_pairs(hashes, max_distance))) == expected


def test_forty_thousand_hashes_take_seconds() -> None:
    hashes = np.random.default_rng(0).integers(0, 2**64, 40_000, dtype=np.uint64)
    hashes[-1] = hashes[0] ^ np.uint64(0b1111)
    started = time.perf_counter()
    assert as_set(list(iterate_near_pairs(hashes, 4))) == {(0, 39_999)}
    assert time.perf_counter() - started < 5


def test_similar_needs_both_the_hash_and_the_thumbnail() -> None:
    cat = photos.landscapes()["cat"]
    pictures = [cat, cat.resize((200, 200)), photos.portrait()]
    hashes = np.array([difference_hash(p) for p in pictures], dtype=np.uint64)
    thumbnails = np.stack([thumbnail(p) for p in pictures])
    assert as_set(list(iterate_similar_pairs(hashes, thumbnails, 4))) == {(0, 1)}
    same = np.full(3, hashes[0])
    assert as_set(list(iterate_similar_pairs(same, thumbnails, 4))) == {(0, 1)}
    assert 0.9 < MIN_CORRELATION < 1


def test_plain_colours_are_alike_to_nothing() -> None:
    thumbnails = np.repeat(np.array([[0], [0], [255]], dtype=np.uint8), 256, axis=1)
    assert as_set(list(iterate_similar_pairs(np.zeros(3, np.uint64), thumbnails, 4))) == set()
    none = np.empty((0, 256), np.uint8)
    assert as_set(list(iterate_similar_pairs(np.empty(0, np.uint64), none, 4))) == set()
