"""Crops keep the labels of their source, in a layout that training reads."""

from __future__ import annotations

import json
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import photos
from genderlens.data.manifest_files import write_portable
from genderlens.data.readers import Options, read_source, read_with
from genderlens.errors import UnknownLabelError
from genderlens.heads import Head
from genderlens.labelling.job import LabellingJob
from genderlens.labelling.run import run_job
from genderlens.settings import Settings
from labelling.jobs import QUIET, FakePredictor, make_job, use, write_pictures


class OneFace(FakePredictor):
    """Sees one face in every picture, and takes everybody for a woman."""

    def predict_photo(self, content: bytes) -> object:  # type: ignore[override]
        answer, photo = super().predict_photo(content)
        if photo is None:
            return answer, photo
        face = self._face(b"\x02\x00" + bytes(30), uncertain=False)
        kind = type(answer)
        return kind(face.outcome, 1, self.version, (face,), timings_ms=answer.timings_ms), photo


def crop(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **changes: object
) -> LabellingJob:
    use(monkeypatch, OneFace())
    job = make_job(source, tmp_path / "out", crops=tmp_path / "crops", **changes)
    run_job(job, QUIET)
    return job


def portrait(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    number = len(list(path.parent.parent.rglob("*")))
    image = photos.portrait().resize((64 + number, 64))
    path.write_bytes(photos.encode(image, "PNG"))


def test_crops_of_class_folders_keep_their_labels_and_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("train/male/a.png", "train/female/b.png", "testing/male/c.png"):
        portrait(tmp_path / "in" / name)
    job = crop(tmp_path / "in", tmp_path, monkeypatch, shard_size=2)
    manifest = read_source(str(tmp_path / "crops"))
    found = zip(manifest.uris, manifest.labels, manifest.column("split"), strict=True)
    assert {(Path(u).name.split("-")[2], label, split) for u, label, split in found} == {
        ("a", "male", "train"),
        ("b", "female", "train"),
        ("c", "male", "test"),
    }
    summary = json.loads((job.out / "summary.json").read_text())
    assert summary["crops_sorted_by"] == "the labels of the source"


def test_crops_of_a_table_keep_its_labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("in/p/a.png", "in/p/b.png", "in/p/c.png"):
        portrait(tmp_path / name)
    table = tmp_path / "in" / "faces.csv"
    table.write_text("file_name,sex,subset\np\\a.png,M,train\np/b.png,F,train\np/c.png,F,dev\n")
    crop(table, tmp_path, monkeypatch, words=(("M", "male"), ("F", "female")))
    manifest = read_source(str(tmp_path / "crops"))
    assert sorted(zip(manifest.labels, manifest.column("split"), strict=True)) == [
        ("female", "train"),
        ("female", "val"),
        ("male", "train"),
    ]


def test_crops_of_rows_of_a_container_keep_their_labels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = []
    for name in ("x/a.png", "x/b.png"):
        portrait(tmp_path / name)
        contents.append((tmp_path / name).read_bytes())
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "faces.parquet"
    pq.write_table(pa.table({"image": contents, "gender": ["male", "female"]}), path)
    crop(tmp_path / "in", tmp_path, monkeypatch)
    assert read_source(str(tmp_path / "crops")).counts() == {"male": 1, "female": 1}


STYLE = Head("style", ("feminine", "masculine", "androgynous"), "categorical")


def test_labels_are_read_in_the_words_of_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("feminine/a.png", "neither/b.png"):
        portrait(tmp_path / "in" / name)
    words = (("neither", "androgynous"),)
    crop(tmp_path / "in", tmp_path, monkeypatch, head=STYLE, words=words)
    manifest = read_with(str(tmp_path / "crops"), Options(head=STYLE)).manifest
    assert manifest.counts() == {"feminine": 1, "androgynous": 1}


def test_a_model_of_other_words_sorts_crops_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("feminine/a.png", "masculine/b.png"):
        portrait(tmp_path / "in" / name)
    guessed = crop(tmp_path / "in", tmp_path, monkeypatch)
    assert "guesses" in json.loads((guessed.out / "summary.json").read_text())["crops_sorted_by"]
    crop(tmp_path / "in", tmp_path, monkeypatch, head=STYLE, bundles="other")
    found = read_with(str(tmp_path / "crops"), Options(head=STYLE)).manifest
    assert sorted(found.labels) == ["feminine", "masculine"]


def test_guesses_are_called_guesses_and_are_no_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = crop(write_pictures(tmp_path / "in", 4), tmp_path, monkeypatch)
    summary = json.loads((job.out / "summary.json").read_text())
    assert summary["crops_sorted_by"].startswith("guesses of the model, which are no labels (")
    assert "the source has no labels: unknown label 'a'" in summary["crops_sorted_by"]
    assert len(list((tmp_path / "crops" / "00000").rglob("*.jpg"))) == 4
    with pytest.raises(UnknownLabelError, match="which are guesses and no labels"):
        read_source(str(tmp_path / "crops"))


def test_words_that_are_named_later_turn_guesses_into_labels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write_pictures(tmp_path / "in", 4)
    crop(source, tmp_path, monkeypatch)
    crop(source, tmp_path, monkeypatch, words=(("a", "male"), ("b", "female")))
    assert read_source(str(tmp_path / "crops")).counts() == {"male": 2, "female": 2}
    assert len(list((tmp_path / "crops").rglob("*.jpg"))) == 4


def test_several_faces_of_a_photo_have_no_label_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("male/a.png", "female/b.png"):
        portrait(tmp_path / "in" / name)
    job = crop(tmp_path / "in", tmp_path, monkeypatch, settings=Settings(faces="all"))
    summary = json.loads((job.out / "summary.json").read_text())
    assert "--faces all" in summary["crops_sorted_by"]


def test_crops_of_a_run_that_is_done_again_are_not_left_beside_the_new_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("male/a.png", "female/b.png", "female/c.png"):
        portrait(tmp_path / "in" / name)
    crop(tmp_path / "in", tmp_path, monkeypatch)
    before = sorted(path.name for path in (tmp_path / "crops").rglob("*.jpg"))
    assert len(before) == 3

    class Nobody(FakePredictor):
        def predict_photo(self, content: bytes) -> object:  # type: ignore[override]
            answer, photo = super().predict_photo(content)
            return type(answer)(answer.outcome.NO_PERSON, 0, self.version), photo

    use(monkeypatch, Nobody())
    job = make_job(tmp_path / "in", tmp_path / "out", crops=tmp_path / "crops", bundles="newer")
    run_job(job, QUIET)
    assert list((tmp_path / "crops").rglob("*.jpg")) == []


def write_csv(folder: Path) -> Path:
    rows = "file,label,subject,race\np/a.png,male,Ann,Black\np/b.png,female,,White\n"
    (folder / "faces.csv").write_text(rows)
    return folder / "faces.csv"


def write_manifest(folder: Path) -> Path:
    write_portable(read_source(str(write_csv(folder))), folder / "manifest.parquet")
    (folder / "faces.csv").unlink()
    return folder / "manifest.parquet"


def write_table(folder: Path) -> Path:
    pictures = [(folder / "p" / name).read_bytes() for name in ("a.png", "b.png")]
    columns = {"label": ["male", "female"], "subject": ["Ann", None], "race": ["Black", "White"]}
    pq.write_table(pa.table({"image": pictures, **columns}), folder / "faces.parquet")
    shutil.rmtree(folder / "p")
    return folder / "faces.parquet"


def write_shards(folder: Path) -> Path:
    facts = (
        {"label": "male", "subject": "Ann", "race": "Black"},
        {"label": "female", "race": "White"},
    )
    with tarfile.open(folder / "faces.tar", "w") as tar:
        for name, said in zip(("a", "b"), facts, strict=True):
            (folder / f"{name}.json").write_text(json.dumps(said))
            tar.add(folder / "p" / f"{name}.png", f"{name}.png")
            tar.add(folder / f"{name}.json", f"{name}.json")
            (folder / f"{name}.json").unlink()
    shutil.rmtree(folder / "p")
    return folder / "faces.tar"


@pytest.mark.parametrize("write", [write_csv, write_manifest, write_table, write_shards])
def test_crops_keep_subject_and_attributes(
    write: Callable[[Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.png", "b.png"):
        portrait(tmp_path / "in" / "p" / name)
    crop(write(tmp_path / "in"), tmp_path, monkeypatch, shard_size=1)
    manifest = read_source(str(tmp_path / "crops"))
    columns = (manifest.labels, manifest.column("subject"), manifest.column("race"))
    assert sorted(zip(*columns, strict=True)) == [
        ("female", None, "White"),
        ("male", "Ann", "Black"),
    ]


def test_attributes_in_file_names_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("20_0_2_20170116174525125.png", "31_1_0_20170116174525126.png"):
        portrait(tmp_path / "in" / name)
    source = read_source(str(tmp_path / "in"))
    assert source.attributes
    crop(tmp_path / "in", tmp_path, monkeypatch)
    crops = read_source(str(tmp_path / "crops"))
    for name in source.attributes:
        assert sorted(crops.column(name)) == sorted(source.column(name))


def test_people_of_celeba_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "in"
    for number in (1, 2, 3):
        portrait(source / "img_align_celeba" / f"{number}.jpg")
    (source / "list_attr_celeba.txt").write_text(
        "3\nMale Young\n1.jpg 1 1\n2.jpg -1 -1\n3.jpg 1 1\n"
    )
    (source / "list_eval_partition.txt").write_text("1.jpg 0\n2.jpg 1\n3.jpg 2\n")
    (source / "identity_CelebA.txt").write_text("1.jpg 2880\n2.jpg 7\n3.jpg 7\n")
    crop(source, tmp_path, monkeypatch)
    before, after = read_source(str(source)), read_source(str(tmp_path / "crops"))
    assert any(before.column("subject"))
    assert sorted(after.column("subject"), key=str) == sorted(before.column("subject"))
    assert after.counts("split") == before.counts("split")


def test_a_crop_that_is_moved_to_another_class_keeps_its_attributes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.png", "b.png"):
        portrait(tmp_path / "in" / "p" / name)
    crop(write_csv(tmp_path / "in"), tmp_path, monkeypatch)
    (moved,) = (tmp_path / "crops" / "male").iterdir()
    moved.rename(tmp_path / "crops" / "female" / moved.name)
    manifest = read_with(str(tmp_path / "crops"), Options()).manifest
    assert manifest.counts("label") == {"female": 2}
    assert manifest.counts("race") == {"Black": 1, "White": 1}
