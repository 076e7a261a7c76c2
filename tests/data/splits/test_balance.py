from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from genderlens.data.manifest import Manifest
from genderlens.data.splits.balance import (
    group_weights,
    list_groups,
    oversample,
    undersample,
)
from genderlens.data.splits.stratified import assign_splits
from genderlens.errors import ManifestError

BOTH = ("race", "label")


def manifest_of(count: int, *, female_every: int = 4, races: str = "aab") -> Manifest:
    return Manifest.from_rows(
        {
            "uri": f"{index}.jpg",
            "label": "female" if index % female_every == 0 else "male",
            "race": races[index % len(races)],
        }
        for index in range(count)
    )


def test_undersampling_trims_every_group_to_the_smallest() -> None:
    manifest = manifest_of(400)
    small = undersample(manifest, seed=1)
    assert small.counts() == {"male": 100, "female": 100}
    assert set(small.uris) < set(manifest.uris)
    assert small.uris == sorted(small.uris, key=lambda uri: int(uri.split(".")[0]))
    assert set(Counter(list_groups(undersample(manifest, BOTH, seed=1), BOTH)).values()) == {33}


def test_oversampling_repeats_evenly_up_to_the_largest() -> None:
    manifest = manifest_of(400)
    large = oversample(manifest, seed=1)
    assert large.counts() == {"male": 300, "female": 300}
    assert set(large.uris) == set(manifest.uris)
    assert set(Counter(large.uris).values()) == {1, 3}
    uneven = oversample(manifest_of(10), seed=1)
    assert sorted(Counter(uneven.uris).values()) == [1] * 7 + [2, 2, 3]


@pytest.mark.parametrize("balance", [undersample, oversample])
def test_the_seed_decides(balance: Callable[..., Manifest]) -> None:
    manifest = manifest_of(200, female_every=3)
    first = balance(manifest, seed=1).uris
    assert balance(manifest, seed=1).uris == first
    assert balance(manifest, seed=2).uris != first


def test_adding_pictures_keeps_the_order_of_preference() -> None:
    """Who is kept of a growing majority changes only by newcomers."""
    women = [f"w{index}" for index in range(10)]

    def kept(men: int) -> set[str]:
        rows = [{"uri": uri, "label": "female"} for uri in women]
        rows += [{"uri": f"m{index}", "label": "male"} for index in range(men)]
        return {uri for uri in undersample(Manifest.from_rows(rows), seed=1).uris if "m" in uri}

    newcomers = {f"m{index}" for index in range(40, 60)}
    assert kept(60) - kept(40) <= newcomers


def test_weights_make_groups_count_alike() -> None:
    manifest = manifest_of(400)
    assert group_weights(manifest) == {("female",): 2.0, ("male",): pytest.approx(2 / 3)}
    weights = group_weights(manifest, BOTH)
    assert list(weights) == [("a", "female"), ("a", "male"), ("b", "female"), ("b", "male")]
    counts = Counter(list_groups(manifest, BOTH))
    assert [counts[group] * weights[group] for group in weights] == pytest.approx([100] * 4)


def test_a_row_without_a_group_is_named() -> None:
    manifest = manifest_of(3).with_column("race", ["a", None, "b"])
    with pytest.raises(ManifestError, match=r"1\.jpg has no value in one of race, label"):
        undersample(manifest, BOTH, seed=1)
    with pytest.raises(ManifestError, match="no column 'age'; its attributes are race"):
        group_weights(manifest, ["age"])


def test_nothing_stays_nothing() -> None:
    empty = Manifest.from_rows([])
    assert len(undersample(empty, seed=1)) == len(oversample(empty, seed=1)) == 0
    assert group_weights(empty) == {}


def test_groups_of_a_divided_manifest() -> None:
    """Each split is evened on its own where the split is part of the group."""
    divided = assign_splits(manifest_of(400), {"train": 0.8, "val": 0.2}, seed=1)
    by = ("split", "race", "label")
    for even in (undersample(divided, by, seed=1), oversample(divided, by, seed=1)):
        assert even.table.schema == divided.table.schema
        for split in ("train", "val"):
            counts = Counter(list_groups(even.select(split), BOTH))
            assert len(counts) == 4
            assert len(set(counts.values())) == 1
    train = undersample(divided.select("train"), BOTH, seed=1)
    assert train.counts("split") == {"train": len(train)}
    before = Counter(list_groups(divided.select("train"), BOTH))
    assert set(Counter(list_groups(train, BOTH)).values()) == {min(before.values())}
    weights = group_weights(divided.select("train"), BOTH)
    groups = list_groups(divided.select("train"), BOTH)
    assert sum(weights[group] for group in groups) == pytest.approx(len(groups))
