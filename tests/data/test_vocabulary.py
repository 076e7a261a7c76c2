"""Labels of any head, read from every kind of source."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image
from tests.photos import encode

from genderlens.data.manifest import Manifest, read_manifest, write_manifest
from genderlens.data.readers import read_source
from genderlens.data.vocabulary import Vocabulary
from genderlens.errors import EmptyClassError, ManifestError, UnknownLabelError
from genderlens.heads import Head

LOOKS = Head("look", ("feminine", "masculine", "androgynous"), "categorical")
AGES = Head("age_group", ("0-2", "3-9", "more than 70"), "ordinal")


def a_jpeg() -> bytes:
    return encode(Image.new("RGB", (24, 24), (200, 120, 60)))


def write(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(a_jpeg())
    return path


def test_a_label_stands_for_itself_and_told_words_for_theirs() -> None:
    words = Vocabulary(LOOKS, {"both": "androgynous"})
    assert [words.parse(word, "here") for word in ("Feminine", " both ")] == [
        "feminine",
        "androgynous",
    ]
    assert "Masculine" in words
    assert "male" not in words


def test_a_stray_word_names_the_labels_and_the_way_out() -> None:
    with pytest.raises(UnknownLabelError, match="androgynous, feminine, masculine") as caught:
        Vocabulary(LOOKS).parse("male", "row 7")
    assert "--label 'male=androgynous'" in caught.value.message


def test_class_folders_of_three_words(tmp_path: Path) -> None:
    for word in LOOKS.labels:
        write(tmp_path / "train" / word.title() / "1.jpg")
    assert sorted(read_source(str(tmp_path), head=LOOKS).labels) == sorted(LOOKS.labels)
    with pytest.raises(UnknownLabelError, match="known are female, male"):
        read_source(str(tmp_path))


def test_a_stray_folder_beside_three_words_is_refused(tmp_path: Path) -> None:
    for word in (*LOOKS.labels, "male"):
        write(tmp_path / word / "1.jpg")
    with pytest.raises(UnknownLabelError, match="unknown label 'male'"):
        read_source(str(tmp_path), head=LOOKS)


def test_file_names_hold_words_of_more_than_letters(tmp_path: Path) -> None:
    for word in AGES.labels:
        write(tmp_path / f"{word}_a.jpg")
    assert set(read_source(str(tmp_path), head=AGES).labels) == set(AGES.labels)


def test_a_csv_takes_the_column_of_the_head_or_the_one_that_is_told(tmp_path: Path) -> None:
    rows = ["path,gender,look,style"]
    for index, word in enumerate(LOOKS.labels):
        write(tmp_path / f"{index}.jpg")
        rows.append(f"{index}.jpg,male,{word},{LOOKS.labels[index - 1]}")
    table = tmp_path / "a.csv"
    table.write_text("\n".join(rows))
    assert read_source(str(table), head=LOOKS).labels == list(LOOKS.labels)
    told = read_source(str(table), head=LOOKS, column="Style")
    assert told.labels == ["androgynous", "feminine", "masculine"]
    assert "look" in told.attributes
    with pytest.raises(UnknownLabelError, match="no label column; 'mood' is needed"):
        read_source(str(table), head=LOOKS, column="mood")


def test_parquet_and_tar_shards_take_the_words(tmp_path: Path) -> None:
    pictures = [{"bytes": a_jpeg(), "path": None} for _ in LOOKS.labels]
    table = pa.table({"image": pictures, "look": list(LOOKS.labels)})
    pq.write_table(table, tmp_path / "a.parquet")
    assert read_source(str(tmp_path / "a.parquet"), head=LOOKS).labels == list(LOOKS.labels)
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        for index, word in enumerate(LOOKS.labels):
            note = tmp_path / f"{index}.json"
            note.write_text(json.dumps({"look": word}))
            tar.add(write(tmp_path / f"{index}.jpg"), f"{index}.jpg")
            tar.add(note, f"{index}.json")
    assert read_source(str(tmp_path / "a.tar"), head=LOOKS).labels == list(LOOKS.labels)


def test_celeba_answers_with_any_of_its_attributes(tmp_path: Path) -> None:
    smile = Head("smile", ("serious", "smiling"))
    (tmp_path / "img_align_celeba").mkdir()
    for index in (1, 2):
        write(tmp_path / "img_align_celeba" / f"{index}.jpg")
    lines = ("2", "Male Smiling", "1.jpg 1 -1", "2.jpg 1 1")
    (tmp_path / "list_attr_celeba.txt").write_text("\n".join(lines))
    names = {"no": "serious", "yes": "smiling"}
    found = read_source(str(tmp_path), head=smile, column="Smiling", names=names)
    assert found.labels == ["serious", "smiling"]
    assert found.column("Male") == ["yes", "yes"]
    with pytest.raises(UnknownLabelError, match=r"name it in the recipe: heads\.smile\.column"):
        read_source(str(tmp_path), head=smile, names=names)


def test_a_manifest_holds_the_words_of_its_head(tmp_path: Path) -> None:
    rows = [
        {"uri": str(write(tmp_path / f"{word}.jpg")), "label": word, "split": None}
        for word in LOOKS.labels
    ]
    path = tmp_path / "a.parquet"
    write_manifest(Manifest.from_rows(rows), path)
    assert read_manifest(path, LOOKS).label_words == ("androgynous", "feminine", "masculine")
    assert read_source(str(path), head=LOOKS).labels == list(LOOKS.labels)
    assert read_manifest(path, None).labels == list(LOOKS.labels)
    with pytest.raises(ManifestError, match="known are female, male"):
        read_manifest(path)
    with pytest.raises(UnknownLabelError, match="unknown label 'feminine'"):
        read_source(str(path))


def test_every_label_of_the_head_is_needed() -> None:
    two = Manifest.from_rows([{"uri": "a", "label": word} for word in LOOKS.labels[:2]])
    with pytest.raises(EmptyClassError, match="all of feminine, masculine, androgynous"):
        two.require_labels(LOOKS.labels)


def test_age_groups_stand_in_the_order_people_count_in() -> None:
    rows = [{"uri": word, "label": word} for word in ("10-19", "3-9", "more than 70", "0-2")]
    assert Manifest.from_rows(rows).label_words == ("0-2", "3-9", "10-19", "more than 70")
