"""Every format is read back by the tool that it is for, where that is installed."""

from __future__ import annotations

import csv
import gc
import json
import warnings
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from genderlens.errors import DataError
from genderlens.evaluation.columns import read_columns
from genderlens.labelling.formats import box_of, list_formats
from genderlens.labelling.run import run_job
from labelling.jobs import QUIET, FakePredictor, make_job, use, write_pictures

PICTURES = 14


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A finished job in every format, with a broken file and a name like a formula."""
    folder = write_pictures(tmp_path / "in", PICTURES)
    (folder / "a" / "000.png").rename(folder / "a" / "=cmd().png")
    (folder / "b" / "text.png").write_bytes(b"text")
    use(monkeypatch, FakePredictor())
    run_job(make_job(folder, tmp_path / "out"), replace(QUIET, formats=tuple(list_formats())))
    return tmp_path / "out"


def rows(out: Path) -> list[dict[str, Any]]:
    return pq.read_table(out / "labels.parquet").to_pylist()


def readable(out: Path) -> list[dict[str, Any]]:
    return [row for row in rows(out) if row["outcome"] != "unreadable"]


def faces(out: Path) -> list[dict[str, Any]]:
    return [row for row in rows(out) if row["face_index"] is not None]


def test_parquet_is_the_predictions_table(out: Path) -> None:
    assert len(read_columns(out / "labels.parquet")) == PICTURES + 1
    with pytest.raises(DataError):
        read_columns(out / "pred_probs.npy")


@pytest.mark.parametrize("tool", ["pandas", "polars"])
def test_parquet_in_tables_of_others(out: Path, tool: str) -> None:
    table = pytest.importorskip(tool).read_parquet(out / "labels.parquet")
    assert list(table["uri"]) == [row["uri"] for row in rows(out)]
    shards = pytest.importorskip(tool).read_parquet(
        out / "shards" if tool == "pandas" else out / "shards" / "*.parquet"
    )
    assert len(shards) == PICTURES + 1


@pytest.mark.filterwarnings("ignore:Exception ignored in.*FileIO")
def test_parquet_and_imagefolder_in_datasets(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    cache = str(tmp_path / "cache")
    table = datasets.load_dataset(
        "parquet", data_files=str(out / "labels.parquet"), split="train", cache_dir=cache
    )
    assert table["outcome"][:] == [row["outcome"] for row in rows(out)]
    pictures = datasets.load_dataset(
        "imagefolder", data_dir=str(out / "imagefolder"), split="train", cache_dir=cache
    )
    assert Counter(pictures["outcome"]) == Counter(row["outcome"] for row in readable(out))
    assert pictures[0]["image"].size == (40, 40)
    del table, pictures
    gc.collect()  # what the library leaves open is told of here, where that is expected


def test_imagefolder_links_what_it_can(out: Path) -> None:
    with (out / "imagefolder" / "metadata.csv").open(newline="") as stream:
        listed = {row["uri"]: row for row in csv.DictReader(stream)}
    assert set(listed) == {row["uri"] for row in readable(out)}
    for uri, row in listed.items():
        assert (out / "imagefolder" / row["file_name"]).samefile(uri)


def test_csv_holds_no_formula(out: Path) -> None:
    with (out / "labels.csv").open(newline="", encoding="utf-8") as stream:
        found = list(csv.DictReader(stream))
    assert [row["outcome"] for row in found] == [row["outcome"] for row in rows(out)]
    assert all(not cell.startswith(("=", "+", "@")) for row in found for cell in row.values())
    assert {row["left"] for row in found} == {"", "4.0"}


def test_jsonl(out: Path) -> None:
    lines = (out / "labels.jsonl").read_text("ascii").splitlines()
    assert [json.loads(line) for line in lines] == rows(out)


def test_coco_has_ids_that_hang_together(out: Path) -> None:
    document = json.loads((out / "labels.coco.json").read_text("ascii"))
    images = {image["id"]: image for image in document["images"]}
    assert len(images) == PICTURES
    assert len({one["id"] for one in document["annotations"]}) == len(faces(out))
    names = {one["id"]: one["name"] for one in document["categories"]}
    for one, row in zip(document["annotations"], faces(out), strict=True):
        assert images[one["image_id"]]["file_name"] == row["uri"]
        assert names[one["category_id"]] == (row["prediction"] or "uncertain")
        assert one["bbox"] == [4.0, 6.0, 16.0, 24.0]


def test_coco_in_pycocotools(out: Path) -> None:
    coco = pytest.importorskip("pycocotools.coco").COCO(str(out / "labels.coco.json"))
    assert len(coco.getImgIds()) == PICTURES
    assert len(coco.getAnnIds(catIds=coco.getCatIds(catNms=["uncertain"]))) == sum(
        row["outcome"] == "uncertain" for row in faces(out)
    )


def test_label_studio_tasks(out: Path) -> None:
    files = sorted((out / "label-studio").glob("*.json"))
    tasks = [task for file in files for task in json.loads(file.read_text("ascii"))]
    assert [task["data"]["uri"] for task in tasks] == [row["uri"] for row in readable(out)]
    results = [one for task in tasks for one in task["predictions"][0]["result"]]
    assert len(results) == len(faces(out))
    assert results[0]["value"]["x"] == 10.0
    assert results[0]["value"]["height"] == 60.0


def test_label_studio_tasks_fit_their_interface(out: Path) -> None:
    label_interface = pytest.importorskip("label_studio_sdk.label_interface")
    interface = label_interface.LabelInterface((out / "label-studio" / "interface.xml").read_text())
    interface.validate()
    for file in (out / "label-studio").glob("*.json"):
        for task in json.loads(file.read_text("ascii")):
            assert interface.validate_task({"data": task["data"]})
            assert all(interface.validate_prediction(one) for one in task["predictions"])


def test_cleanlab_takes_the_matrix(out: Path) -> None:
    matrix = np.load(out / "pred_probs.npy")
    with (out / "pred_probs.csv").open(newline="") as stream:
        listed = list(csv.DictReader(stream))
    assert matrix.shape == (len(faces(out)), 2)
    assert len(listed) == len(matrix)
    np.testing.assert_allclose(matrix.sum(axis=1), 1.0)
    assert [row["probability_male"] for row in faces(out)] == matrix[:, 1].tolist()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rank = pytest.importorskip("cleanlab.rank")
    given = np.arange(len(matrix)) % 2
    scores = rank.get_label_quality_scores(given, matrix)
    assert scores.shape == (len(matrix),)


def test_fiftyone_boxes_are_shares_of_the_picture(out: Path) -> None:
    labels = json.loads((out / "fiftyone" / "labels.json").read_text("ascii"))
    paths = json.loads((out / "fiftyone" / "data.json").read_text("ascii"))
    assert labels["labels"].keys() == paths.keys()
    assert set(paths.values()) == {row["uri"] for row in readable(out)}
    found = [one for ones in labels["labels"].values() for one in ones or ()]
    assert len(found) == len(faces(out))
    assert found[0]["bounding_box"] == [0.1, 0.15, 0.4, 0.6]


def test_fiftyone_reads_them(out: Path) -> None:
    """Through its importer, because a data set of FiftyOne needs a database."""
    importers = pytest.importorskip("fiftyone.utils.data.importers")
    folder = out / "fiftyone"
    importer = importers.FiftyOneImageDetectionDatasetImporter(
        data_path=str(folder / "data.json"), labels_path=str(folder / "labels.json")
    )
    importer.setup()
    found = {path: label for path, _, label in importer}
    assert set(found) == {row["uri"] for row in readable(out)}
    labels = [one.label for label in found.values() if label for one in label.detections]
    assert Counter(labels) == Counter(row["prediction"] or "uncertain" for row in faces(out))


def test_a_box_beyond_the_picture_is_cut_and_none_is_the_whole() -> None:
    row = {"width": 10, "height": 20, "box": [-5.0, 4.0, 30.0, 40.0]}
    assert box_of(row) == (0.0, 4.0, 10.0, 16.0)
    assert box_of({**row, "box": None}) == (0.0, 0.0, 10.0, 20.0)
