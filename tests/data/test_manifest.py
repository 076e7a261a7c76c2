from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from genderlens.data.manifest import COLUMNS, Manifest, read_manifest, write_manifest
from genderlens.data.vocabulary import Vocabulary
from genderlens.errors import EmptyClassError, ManifestError, UnknownLabelError

ROWS: list[dict[str, str | None]] = [
    {"uri": "a.jpg", "label": "male", "split": "train", "age": "20-29"},
    {"uri": "b.jpg", "label": "female", "split": "train", "subject": "ann"},
    {"uri": "c.jpg", "label": "female", "split": "val", "age": "3-9"},
]


def test_attributes_are_the_columns_beyond_the_fixed_ones() -> None:
    manifest = Manifest.from_rows(ROWS)
    assert manifest.table.column_names == [*COLUMNS, "age"]
    assert manifest.attributes == ("age",)
    assert manifest.column("age") == ["20-29", None, "3-9"]


def test_it_comes_back_from_disk(tmp_path: Path) -> None:
    path = tmp_path / "new" / "manifest.parquet"
    write_manifest(Manifest.from_rows(ROWS), path)
    again = read_manifest(path)
    assert again.table.equals(Manifest.from_rows(ROWS).table)
    assert [p.name for p in path.parent.iterdir()] == ["manifest.parquet"]


def test_an_empty_one_has_columns_of_text_and_comes_back(tmp_path: Path) -> None:
    empty = Manifest.from_rows([])
    assert {field.type for field in empty.table.schema} == {pa.string()}
    write_manifest(empty, tmp_path / "empty.parquet")
    again = read_manifest(tmp_path / "empty.parquet")
    assert (len(again), len(again.select("train")), again.counts()) == (0, 0, {})


def test_columns_of_other_types_become_text(tmp_path: Path) -> None:
    nothing = pa.nulls(2)
    columns = {
        "uri": pa.array(["a", "b"], pa.large_string()),
        "label": pa.array(["male", "female"]).dictionary_encode(),
        "subject": nothing,
        "source": nothing,
        "split": nothing,
        "age": pa.array([3, None]),
    }
    pq.write_table(pa.table(columns), tmp_path / "m.parquet")
    manifest = read_manifest(tmp_path / "m.parquet")
    assert {field.type for field in manifest.table.schema} == {pa.string()}
    assert manifest.column("age") == ["3", None]
    assert len(manifest.select("train")) == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": "man"}, "holds the label 'man'; known are female, male"),
        ({"label": None}, "holds the label None"),
        ({"split": "dev"}, "holds the split 'dev'; known are train, calibration, val, test"),
        ({"uri": None}, "a row without a uri"),
    ],
)
def test_values_outside_the_schema_are_refused(
    tmp_path: Path, change: dict[str, str | None], message: str
) -> None:
    write_manifest(Manifest.from_rows([ROWS[0] | change]), tmp_path / "m.parquet")
    with pytest.raises(ManifestError, match=message):
        read_manifest(tmp_path / "m.parquet")


def test_a_file_that_is_no_manifest_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.parquet").write_text("no Parquet")
    with pytest.raises(ManifestError, match="cannot read a manifest"):
        read_manifest(tmp_path / "text.parquet")
    with pytest.raises(ManifestError, match="cannot read a manifest"):
        read_manifest(tmp_path / "gone.parquet")
    pq.write_table(pa.table({"uri": [[1, 2]]}), tmp_path / "lists.parquet")
    with pytest.raises(ManifestError, match="cannot read a manifest"):
        read_manifest(tmp_path / "lists.parquet")


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ManifestError, match=r"lacks the column\(s\) subject, source, split"):
        Manifest(pa.table({"uri": ["a"], "label": ["male"]}))
    with pytest.raises(ManifestError, match="no column 'race'; its attributes are age"):
        Manifest.from_rows(ROWS).column("race")


def test_rows_are_chosen_by_split_and_by_position() -> None:
    manifest = Manifest.from_rows(ROWS)
    assert manifest.select("train").uris == ["a.jpg", "b.jpg"]
    assert manifest.select("val", "train").uris == ["a.jpg", "b.jpg", "c.jpg"]
    assert manifest.take([2, 0]).uris == ["c.jpg", "a.jpg"]
    assert len(manifest.take([])) == 0


def test_a_column_is_replaced_or_added_in_a_copy() -> None:
    manifest = Manifest.from_rows(ROWS)
    changed = manifest.with_column("split", [None, None, None]).with_column("race", list("xyz"))
    assert changed.counts("split") == {None: 3}
    assert changed.attributes == ("age", "race")
    assert manifest.counts("split") == {"train": 2, "val": 1}


def test_the_fingerprint_follows_uri_label_and_split() -> None:
    manifest = Manifest.from_rows(ROWS)
    assert manifest.fingerprint() == Manifest.from_rows(ROWS).fingerprint()
    assert manifest.fingerprint() != manifest.take([1, 0, 2]).fingerprint()
    assert manifest.fingerprint() != manifest.with_column("split", [None] * 3).fingerprint()
    assert manifest.fingerprint() == manifest.with_column("age", [None] * 3).fingerprint()


def test_a_label_without_pictures_is_an_error() -> None:
    manifest = Manifest.from_rows(ROWS)
    assert manifest.require_labels() is manifest
    with pytest.raises(EmptyClassError, match="no picture is labelled 'male' among 1"):
        manifest.select("val").require_labels()


@pytest.mark.parametrize("word", ["male", " Male ", "MALE", "M", "1", 1])
def test_labels_are_found_by_their_own_and_by_given_words(word: object) -> None:
    words = Vocabulary(names={"M": "male", "1": "male"})
    assert words.parse(word, "here") == "male"


@pytest.mark.parametrize("word", ["man", "", None, 0, "femal"])
def test_a_stray_word_is_never_the_other_class(word: object) -> None:
    with pytest.raises(UnknownLabelError, match=r"unknown label .* at row 7; known are female"):
        Vocabulary().parse(word, "row 7")


def test_a_fingerprint_is_the_same_wherever_the_data_lies(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")

    def at(folder: str) -> str:
        row = {"label": "male", "subject": None, "source": "s", "split": None}
        uris = (f"{folder}/faces/1.png", f"{folder}/faces/train.parquet#7")
        return Manifest.from_rows({**row, "uri": uri} for uri in uris).fingerprint()

    assert at("..") == at(str(tmp_path)) == at("/mnt/elsewhere")
