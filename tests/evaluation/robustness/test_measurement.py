"""The table of worse pictures, with systems whose answers are known."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import photos
from genderlens.data.manifest import Manifest
from genderlens.errors import DataError
from genderlens.evaluation.robustness.corruptions import CORRUPTIONS, steps
from genderlens.evaluation.robustness.measurement import CLEAN, Step, measure_robustness
from genderlens.evaluation.robustness.pictures import draw_chart, draw_steps, write_robustness
from genderlens.evaluation.robustness.subjects import (
    Subject,
    choose_sample,
    face_of_crop,
    read_subjects,
)
from genderlens.pictures.imaging import decode_image
from genderlens.pictures.regions import CropGeometry
from genderlens.types import Box, Outcome, Prediction
from made_answers import face_result

CROP = CropGeometry(1.2, 0.0, 0.03)


def _subject(label: str, uri: str = "a.png") -> Subject:
    image = photos.portrait().resize((128, 128))
    box = Box(44.0, 14.0, 68.0, 45.0)
    return Subject(uri, label, photos.encode(image, "PNG"), image, box)


def _says_male(content: bytes) -> Prediction:
    """Refuses what is smaller than the original, and doubts all JPEG."""
    if decode_image(content).width < 128:
        return Prediction(Outcome.NO_PERSON, 0, "fake", error="nobody", error_code="no_person")
    unsure = content.startswith(b"\xff\xd8")
    outcome = Outcome.UNCERTAIN if unsure else Outcome.CLASSIFIED
    face = face_result(0.8, outcome)
    return Prediction(outcome, 1, "fake", (face,))


@pytest.fixture(scope="module")
def table() -> list[Step]:
    subjects = [_subject("male"), _subject("female", "b.png"), _subject("male", "c.png")]
    return measure_robustness(_says_male, subjects, map)


def test_a_row_for_the_picture_as_it_is_and_for_every_step(table: list[Step]) -> None:
    assert (table[0].corruption, table[0].level) == (CLEAN, None)
    expected = [(corruption.name, level) for corruption, level in steps()]
    assert [(step.corruption, step.level) for step in table[1:]] == expected


def test_right_uncertain_and_refused_are_counted_apart(table: list[Step]) -> None:
    by_name = {step.corruption: step for step in table}
    assert by_name["grey"].accuracy.value == pytest.approx(2 / 3)
    assert by_name["grey"].accuracy.count == 3
    assert by_name["grey"].confidence == pytest.approx(0.8)
    assert (by_name["jpeg"].abstained.value, by_name["grey"].abstained.value) == (1.0, 0.0)
    assert by_name["jpeg"].accuracy.value == pytest.approx(2 / 3)
    tiny = by_name["low resolution"]
    assert (tiny.refused.value, tiny.accuracy.count, tiny.confidence) == (1.0, 0, None)


def test_no_order_changes_a_picture() -> None:
    noise = CORRUPTIONS["noise"]
    assert _subject("male").encode(noise, 20) == _subject("female").encode(noise, 20)
    assert _subject("male").encode(noise, 20) != _subject("male", "other").encode(noise, 20)


def test_what_is_written(table: list[Step], tmp_path: Path) -> None:
    write_robustness(tmp_path / "out", table, _subject("male"), {"model": "fake"})
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        "robustness.json",
        "robustness.png",
        "steps.png",
    }
    document = json.loads((tmp_path / "out" / "robustness.json").read_text("utf-8"))
    assert document["model"] == "fake"
    assert len(document["steps"]) == len(table)
    with Image.open(tmp_path / "out" / "robustness.png") as chart:
        assert min(chart.size) > 600


def test_the_sheet_shows_every_step() -> None:
    sheet = draw_steps(_subject("male"))
    cell = sheet.height // len(CORRUPTIONS)
    for line, corruption in enumerate(CORRUPTIONS.values()):
        for column in range(1 + len(corruption.levels)):
            corner = (130 + column * 144 + 20, line * cell + 20)
            picture = sheet.crop((*corner, corner[0] + 100, corner[1] + 100))
            assert picture.getextrema() != ((255, 255),) * 3, (corruption.name, column)


def test_a_chart_of_nothing_but_refusals_is_drawn() -> None:
    def refuse(_: bytes) -> Prediction:
        return Prediction(Outcome.NO_PERSON, 0, "fake", error="nobody", error_code="no_person")

    assert draw_chart(measure_robustness(refuse, [_subject("male")], map)).startswith(b"\x89PNG")


def _manifest(rows: Iterable[tuple[str, str | None]]) -> Manifest:
    return Manifest.from_rows(
        {"uri": uri, "label": "male", "source": "s", "split": split} for uri, split in rows
    )


def test_pictures_that_taught_are_never_chosen() -> None:
    manifest = _manifest([("a", "train"), ("b", "val"), ("c", None), ("d", "calibration")])
    assert sorted(choose_sample(manifest, 10).uris) == ["b", "c"]
    assert choose_sample(manifest, 10, split="train").uris == ["a"]
    with pytest.raises(DataError, match="'test'; the splits are: calibration, none, train, val"):
        choose_sample(manifest, 10, split="test")


def test_a_sample_does_not_depend_on_the_order() -> None:
    rows = [(f"{index}.png", "val") for index in range(50)]
    chosen = choose_sample(_manifest(rows), 10).uris
    assert len(chosen) == 10
    assert chosen == choose_sample(_manifest(reversed(rows)), 10).uris


def test_unreadable_pictures_are_named_and_not_lost(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.png", tmp_path / "bad.png"
    good.write_bytes(photos.encode(photos.portrait(), "PNG"))
    bad.write_bytes(b"no picture")
    manifest = _manifest([(str(bad), None), (str(tmp_path / "gone.png"), None), (str(good), None)])
    unreadable: list[str] = []
    (subject,) = read_subjects(manifest, CROP, lambda _: None, unreadable)
    assert subject.uri == str(good)
    assert subject.face == face_of_crop((512, 512), CROP)
    assert unreadable == [str(bad), str(tmp_path / "gone.png")]


def test_nothing_readable_is_an_error(tmp_path: Path) -> None:
    manifest = _manifest([(str(tmp_path / "gone.png"), None)])
    with pytest.raises(DataError, match="none of 1 pictures can be read"):
        list(read_subjects(manifest, CROP, lambda _: None, []))


def test_the_face_of_a_crop_is_the_one_it_was_cut_around() -> None:
    square = CROP.square(face_of_crop((100, 100), CROP))
    assert square.to_list() == [0.0, 0.0, 100.0, 100.0]


def test_labels_that_change_are_counted_among_those_seen_both_times(table: list[Step]) -> None:
    assert {step.changed.value for step in table} == {0.0}
    smallest = [step for step in table if step.corruption == "low resolution"][-1]
    assert smallest.changed.count == 0

    def by_encoding(content: bytes) -> Prediction:
        male = 0.2 if content.startswith(b"\xff\xd8") else 0.8
        face = face_result(male)
        return Prediction(Outcome.CLASSIFIED, 1, "fake", (face,))

    fickle = measure_robustness(by_encoding, [_subject("male"), _subject("female")], map)
    changed = {step.corruption: step.changed.value for step in fickle}
    assert (changed["jpeg"], changed["grey"], changed[CLEAN]) == (1.0, 0.0, 0.0)


@pytest.mark.parametrize("level", CORRUPTIONS["nudged"].levels)
def test_a_nudge_keeps_the_whole_face(level: float) -> None:
    subject = _subject("male")
    side = (subject.face.width * subject.face.height) ** 0.5
    for seed in range(20):
        content = CORRUPTIONS["nudged"].encode(subject.image, subject.face, level, seed)
        nudged = decode_image(content)
        for before, after in zip(subject.image.size, nudged.size, strict=True):
            assert abs(after - before) <= level * before + level * side + 1
    edge = Box(0.0, 0.0, 60.0, 60.0)
    whole = decode_image(CORRUPTIONS["nudged"].encode(subject.image, edge, level, 1))
    expected = photos.portrait().resize((128, 128)).resize(whole.size, Image.Resampling.BICUBIC)
    assert abs(np.asarray(whole, float) - np.asarray(expected, float)).max() <= 1
