from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from genderlens.data.manifest import Manifest
from genderlens.data.splits.stratified import assign_splits, carve_split, hash_rank
from genderlens.errors import ManifestError

THIRDS = {"train": 0.6, "val": 0.3, "test": 0.1}


def manifest_of(count: int, *, per_subject: int = 1, split: str | None = None) -> Manifest:
    return Manifest.from_rows(
        {
            "uri": f"{index}.jpg",
            "label": ("male", "female")[index % 3 == 0],
            "subject": f"person {index // per_subject}",
            "split": split,
        }
        for index in range(count)
    )


def shares(manifest: Manifest, label: str) -> dict[str, float]:
    rows = [row for row, name in enumerate(manifest.labels) if name == label]
    counts = manifest.take(rows).counts("split")
    return {split: counts[split] / len(rows) for split in THIRDS}


def test_fractions_hold_for_each_label() -> None:
    manifest = assign_splits(manifest_of(6000), THIRDS, seed=1)
    for label in ("male", "female"):
        rows = [i for i, name in enumerate(manifest.labels) if name == label]
        counts = manifest.take(rows).counts("split")
        for split, fraction in THIRDS.items():
            assert counts[split] / len(rows) == pytest.approx(fraction, abs=0.03)


def test_the_seed_decides() -> None:
    manifest = manifest_of(200)
    first = assign_splits(manifest, THIRDS, seed=1).column("split")
    assert assign_splits(manifest, THIRDS, seed=1).column("split") == first
    assert assign_splits(manifest, THIRDS, seed=2).column("split") != first


def test_a_written_manifest_grows_without_moving_a_picture() -> None:
    small = assign_splits(manifest_of(100), THIRDS, seed=1).column("split")
    grown = manifest_of(500).with_column("split", [*small, *[None] * 400])
    large = assign_splits(grown, THIRDS, seed=1)
    assert large.column("split")[:100] == small
    assert shares(large, "female") == pytest.approx(THIRDS, abs=0.01)


@pytest.mark.parametrize("count", [10, 33, 198, 5000])
@pytest.mark.parametrize("per_subject", [1, 3])
def test_each_label_is_divided_to_within_a_subject(count: int, per_subject: int) -> None:
    manifest = Manifest.from_rows(
        {
            "uri": f"{label}-{index}.jpg",
            "label": label,
            "subject": f"{label} {index // per_subject}",
        }
        for label, size in (("male", count), ("female", 2 * count))
        for index in range(size)
    )
    divided = assign_splits(manifest, THIRDS, seed=3)
    for label, size in (("male", count), ("female", 2 * count)):
        for split, share in shares(divided, label).items():
            assert abs(share - THIRDS[split]) * size <= per_subject


def test_pictures_of_a_known_subject_follow_it() -> None:
    splits: list[str | None] = [None] * 60
    splits[0] = "test"
    manifest = manifest_of(60, per_subject=6).with_column("split", splits)
    assert set(assign_splits(manifest, THIRDS, seed=1).column("split")[:6]) == {"test"}


def test_a_subject_stays_together() -> None:
    manifest = assign_splits(manifest_of(300, per_subject=5), THIRDS, seed=1)
    splits = defaultdict(set)
    for subject, split in zip(manifest.column("subject"), manifest.column("split"), strict=True):
        splits[subject].add(split)
    assert all(len(found) == 1 for found in splits.values())
    assert len(set.union(*splits.values())) == 3


def test_rows_with_a_split_keep_it() -> None:
    manifest = manifest_of(50, split="test")
    assert assign_splits(manifest, {"train": 1.0}, seed=1).counts("split") == {"test": 50}


def test_carving_touches_its_source_only() -> None:
    splits = ["train", "val", None] * 200
    manifest = manifest_of(600).with_column("split", splits)
    carved = carve_split(manifest, source="train", target="calibration", fraction=0.25, seed=1)
    counts = carved.counts("split")
    assert (counts["val"], counts[None]) == (200, 200)
    assert counts["calibration"] == pytest.approx(50, abs=20)
    assert counts["train"] + counts["calibration"] == 200


def test_carving_is_independent_of_assigning_with_the_same_seed() -> None:
    assigned = assign_splits(manifest_of(1000), {"train": 0.8, "val": 0.2}, seed=1)
    carved = carve_split(assigned, source="train", target="calibration", fraction=0.1, seed=1)
    assert carved.counts("split")["calibration"] == pytest.approx(80, abs=25)


@pytest.mark.parametrize(
    ("fractions", "message"),
    [
        ({"train": 0.5, "dev": 0.5}, "unknown split 'dev'; known are train, calibration"),
        ({"train": 0.5, "val": 0.4}, "must be positive and sum to 1"),
        ({"train": 1.5, "val": -0.5}, "must be positive and sum to 1"),
        ({}, "must be positive and sum to 1"),
    ],
)
def test_fractions_that_make_no_sense_are_refused(
    fractions: dict[str, float], message: str
) -> None:
    with pytest.raises(ManifestError, match=message):
        assign_splits(manifest_of(3), fractions, seed=1)


def test_ranks_are_stable_across_versions() -> None:
    assert hash_rank("person 1", "7") == 16_097_825_133_659_929_215


def test_a_data_set_is_divided_alike_wherever_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"faces/train.parquet#{row}" for row in range(500)]
    monkeypatch.chdir(tmp_path)
    places = ("", "./", "../elsewhere/", "/mnt/data/", "s3://bucket/", f"{tmp_path}/")
    divided = [
        carve_split(
            Manifest.from_rows(
                {"uri": place + name, "label": "male", "split": "train"} for name in names
            ),
            source="train",
            target="calibration",
            fraction=0.1,
            seed=7,
        ).column("split")
        for place in places
    ]
    assert all(split == divided[0] for split in divided)
    assert 20 < divided[0].count("calibration") < 80
