from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pyarrow as pa
import pytest

from genderlens.data.manifest import Manifest
from genderlens.data.splits.partition import (
    SplitPlan,
    divide,
    parse_ratios,
    require_official,
    root_of,
)
from genderlens.errors import ManifestError, SettingsError


def manifest_of(
    count: int, *, root: str = "/data", first: int = 0, per_subject: int = 0
) -> Manifest:
    return Manifest.from_rows(
        {
            "uri": f"{root}/{index}.jpg",
            "label": ("male", "female")[index % 3 == 0],
            "subject": f"person {index // per_subject}" if per_subject else None,
            "family": f"family {index // 7}",
        }
        for index in range(first, first + count)
    )


def splits_by_name(manifest: Manifest) -> dict[str, str | None]:
    names = (Path(uri).name for uri in manifest.uris)
    return dict(zip(names, manifest.column("split"), strict=True))


def grow(small: Manifest, large: Manifest) -> tuple[dict[str, str | None], dict[str, str | None]]:
    after = splits_by_name(large)
    before = splits_by_name(small)
    return before, {name: after[name] for name in before}


@pytest.mark.parametrize(
    ("text", "ratios"),
    [
        ("train=0.8,val=0.2", {"train": 0.8, "val": 0.2}),
        ("0.7/0.15/0.15", {"train": 0.7, "val": 0.15, "test": 0.15}),
        ("80/20", {"train": 0.8, "val": 0.2}),
        ("test = 1", {"test": 1.0}),
        ("train=70, calibration=10, val=20", {"train": 0.7, "calibration": 0.1, "val": 0.2}),
    ],
)
def test_ratios(text: str, ratios: dict[str, float]) -> None:
    assert parse_ratios(text) == ratios


@pytest.mark.parametrize(
    "text",
    ["", "0.8", "0.8/0.3", "train=0.8,dev=0.2", "train=x", "0.5/0.2/0.2/0.1", "train=1.2,val=-0.2",
     "train=nan,val=1", "train=0.5,train=0.5", "train=1,val=0", "train=0.8,0.2"],
)  # fmt: skip
def test_ratios_that_are_no_division(text: str) -> None:
    with pytest.raises(SettingsError, match=r"are no division; write train=0.8,val=0.2 or"):
        parse_ratios(text)


def test_the_default_is_stratified_four_to_one() -> None:
    divided = divide(manifest_of(300), SplitPlan(), root="/data")
    for label, total in (("female", 100), ("male", 200)):
        rows = [row for row, name in enumerate(divided.labels) if name == label]
        assert divided.take(rows).counts("split") == {"train": 0.8 * total, "val": 0.2 * total}


def test_a_kept_manifest_grows_without_moving_a_picture() -> None:
    small = divide(manifest_of(100), SplitPlan(seed=1), root="/data")
    fresh = divide(manifest_of(250), SplitPlan(seed=1), root="/data")
    before, after = grow(small, fresh)
    assert before != after
    kept = divide(manifest_of(250), SplitPlan(seed=1), root="/data", keep=small)
    before, after = grow(small, kept)
    assert before == after
    assert kept.counts("split") == {"train": 200, "val": 50}


def test_by_hash_nothing_moves_without_memory() -> None:
    plan = SplitPlan({"train": 0.7, "val": 0.15, "test": 0.15}, seed=3, by_hash=True)
    small = divide(manifest_of(300, first=400), plan, root="/data")
    large = divide(manifest_of(3000), plan, root="/data")
    before, after = grow(small, large)
    assert before == after
    for split, share in plan.ratios.items():
        assert large.counts("split")[split] / 3000 == pytest.approx(share, abs=0.03)
    other = divide(manifest_of(3000), SplitPlan(plan.ratios, seed=4, by_hash=True), root="/data")
    assert other.column("split") != large.column("split")


@pytest.mark.parametrize("by_hash", [False, True])
def test_where_the_folder_lies_decides_nothing(by_hash: bool) -> None:
    plan = SplitPlan(by_hash=by_hash)
    here = divide(manifest_of(200), plan, root="/data")
    there = divide(manifest_of(200, root="/mnt/copy"), plan, root="/mnt/copy")
    far = divide(manifest_of(200, root="s3://bucket/set"), plan, root="s3://bucket/set")
    assert splits_by_name(here) == splits_by_name(there) == splits_by_name(far)


@pytest.mark.parametrize("by_hash", [False, True])
@pytest.mark.parametrize("by", ["subject", "family"])
def test_groups_are_disjoint(by: str, by_hash: bool) -> None:
    plan = SplitPlan({"train": 0.6, "val": 0.4}, by=by, by_hash=by_hash)
    divided = divide(manifest_of(420, per_subject=4), plan, root="/data")
    found = defaultdict(set)
    for group, split in zip(divided.column(by), divided.column("split"), strict=True):
        found[group].add(split)
    assert all(len(splits) == 1 for splits in found.values())
    assert set.union(*found.values()) == {"train", "val"}
    assert divided.column("subject") == manifest_of(420, per_subject=4).column("subject")


def test_a_new_picture_follows_its_subject_in_a_kept_manifest() -> None:
    plan = SplitPlan({"train": 0.5, "val": 0.5}, by="subject")
    small = divide(manifest_of(50, per_subject=5), plan, root="/data")
    new = manifest_of(3, root="/data/new", per_subject=5)
    both = Manifest(pa.concat_tables([small.table, new.table]))
    divided = divide(both, plan, root="/data", keep=small)
    assert divided.column("split")[:50] == small.column("split")
    assert set(divided.column("split")[50:]) == {small.column("split")[0]}


def test_every_row_must_belong_somewhere() -> None:
    with pytest.raises(ManifestError, match=r"0\.jpg has no subject, and 9 more"):
        divide(manifest_of(10), SplitPlan(by="subject"), root="/data")
    with pytest.raises(ManifestError, match="no column 'household'"):
        divide(manifest_of(10), SplitPlan(by="household"), root="/data")


def test_the_official_partition_must_be_whole() -> None:
    known = manifest_of(10).with_column("split", ["test"] * 10)
    assert require_official(known).counts("split") == {"test": 10}
    partly = known.with_column("split", ["test"] * 9 + [None])
    with pytest.raises(ManifestError, match=r"1 of 10 pictures have no split, .*9\.jpg; divide it"):
        require_official(partly)


def test_a_partition_of_the_source_is_left_aside() -> None:
    known = manifest_of(10).with_column("split", ["test"] * 10)
    assert divide(known, SplitPlan(), root="/data").counts("split") == {"train": 8, "val": 2}


def test_the_root_of_a_source(tmp_path: Path) -> None:
    (tmp_path / "a.csv").touch()
    assert root_of(str(tmp_path)) == root_of(f"file://{tmp_path / 'a.csv'}") == str(tmp_path)
    assert root_of("s3://bucket/set/") == root_of("s3://bucket/set/faces.csv") == "s3://bucket/set"
