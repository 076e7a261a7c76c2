from __future__ import annotations

import csv
import errno
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from PIL import Image

import photos
from genderlens.errors import LabellingError
from genderlens.heads.default import GENDER
from genderlens.inference.predictor import create_predictor
from genderlens.labelling.job import LabellingJob
from genderlens.labelling.run import make_plan
from genderlens.labelling.shard import label_shard, shard_schema
from genderlens.labelling.shard_state import ShardPaths, is_done
from genderlens.settings import Settings
from labelling.jobs import CrashingPredictor, FakePredictor, make_job, write_pictures


def label(job: LabellingJob, predictor: object = None) -> list[dict[str, object]]:
    """The rows of the only shard."""
    plan = make_plan(job, progress=False)
    label_shard(job, plan, 0, predictor or FakePredictor())  # type: ignore[arg-type]
    assert is_done(job, plan, 0)
    table = pq.ParquetFile(ShardPaths(job, 0).table).read()
    assert table.schema.equals(shard_schema((GENDER,)))
    return table.to_pylist()


def test_broken_files_cost_themselves_only(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "in", 2)
    (folder / "a" / "text.png").write_bytes(b"text")
    (folder / "list.txt").write_text(
        "a/000.png\na/text.png\n/etc/passwd\nb\nmissing.png\nb/001.png"
    )
    rows = label(make_job(folder / "list.txt", tmp_path / "out", shard_size=10))
    assert [row["error_code"] for row in rows if row["outcome"] == "unreadable"] == [
        "unsupported_format",
        "refused_address",
        "not_a_file",
        "file_not_found",
    ]
    assert [row["uri"] for row in rows][::5] == [
        str(folder / n) for n in ("a/000.png", "b/001.png")
    ]


def test_a_detector_that_crashes_never_means_one_person(tmp_path: Path) -> None:
    predictor = create_predictor(Settings())
    predictor._faces = type("Broken", (), {"detect": CrashingPredictor().predict_photo})()
    write_pictures(tmp_path / "in", 1)
    (row,) = label(make_job(tmp_path / "in", tmp_path / "out"), predictor)
    assert (row["outcome"], row["error_code"]) == ("unreadable", "detector_failed")


def test_every_face_of_a_crowd_with_its_box_and_its_crop(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "=two.jpg").write_bytes(photos.encode(photos.crowd(2)))
    settings = Settings(faces="all")
    job = make_job(tmp_path / "in", tmp_path / "out", settings=settings, crops=tmp_path / "crops")
    rows = label(job, create_predictor(settings))
    assert [row["face_index"] for row in rows] == [0, 1]
    assert all(row["box"] for row in rows)
    assert (rows[0]["width"], rows[0]["height"]) == (1024, 512)
    crops = sorted((tmp_path / "crops").rglob("*.jpg"))
    assert [str(c.relative_to(tmp_path / "crops")) for c in crops] == [
        "00000/female/00000-two-face0.jpg",
        "00000/female/00000-two-face1.jpg",
    ]
    with Image.open(crops[0]) as crop:
        assert min(crop.size) > 100


def test_uncertain_pictures_for_people(tmp_path: Path) -> None:
    write_pictures(tmp_path / "in", 30)
    review = tmp_path / "review"
    job = make_job(tmp_path / "in", tmp_path / "out", shard_size=30, uncertain_to=review)
    rows = label(job)
    doubtful = {row["uri"] for row in rows if row["outcome"] == "uncertain"}
    with (review / "00000" / "review.csv").open(newline="") as stream:
        listed = list(csv.DictReader(stream))
    assert {row["uri"] for row in listed} == doubtful
    assert len(doubtful) > 2
    for row in listed:
        assert (review / "00000" / row["file"]).read_bytes() == Path(row["uri"]).read_bytes()
    doubts = [abs(float(row["probability_male"]) - 0.5) for row in listed]
    assert doubts == sorted(doubts)


def test_a_full_disk_stops_clean_and_the_shard_is_not_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pictures(tmp_path / "in", 3)
    job = make_job(tmp_path / "in", tmp_path / "out")
    plan = make_plan(job, progress=False)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(pq, "write_table", full)
        with pytest.raises(LabellingError, match=r"No space left.*same command"):
            label_shard(job, plan, 0, FakePredictor())  # type: ignore[arg-type]
    assert not is_done(job, plan, 0)
    label(job)


def test_a_shard_asked_to_stop_does(tmp_path: Path) -> None:
    write_pictures(tmp_path / "in", 4)
    job = make_job(tmp_path / "in", tmp_path / "out")
    plan = make_plan(job, progress=False)
    with pytest.raises(LabellingError, match="stopped"):
        label_shard(job, plan, 0, FakePredictor(), lambda: True)  # type: ignore[arg-type]
    assert not is_done(job, plan, 0)


def test_a_source_that_was_unmounted_stops_the_run(tmp_path: Path) -> None:
    write_pictures(tmp_path / "in", 4)
    job = make_job(tmp_path / "in", tmp_path / "out")
    plan = make_plan(job, progress=False)
    (tmp_path / "in").rename(tmp_path / "elsewhere")
    with pytest.raises(LabellingError, match="is gone"):
        label_shard(job, plan, 0, FakePredictor())  # type: ignore[arg-type]


def test_the_sidecar_decides(tmp_path: Path) -> None:
    write_pictures(tmp_path / "in", 3)
    job = make_job(tmp_path / "in", tmp_path / "out")
    label(job)
    plan, paths = make_plan(job), ShardPaths(job, 0)
    assert not is_done(make_job(tmp_path / "in", tmp_path / "out", bundles="newer"), plan, 0)
    tally = json.loads(paths.sidecar.read_text())
    assert tally["pictures"] == 3
    paths.table.write_bytes(paths.table.read_bytes() + b"x")
    assert not is_done(job, plan, 0)
