from __future__ import annotations

import pytest

from genderlens.data.checks.cleaning import DROPS, REASON, drop_faults, parse_drops
from genderlens.data.checks.findings import DataFault, DataFinding
from genderlens.data.manifest import Manifest
from genderlens.errors import EmptyClassError, SettingsError


def manifest_of(*splits: str | None) -> Manifest:
    return Manifest.from_rows(
        {"uri": f"{i}.jpg", "label": ("male", "female")[i % 2], "split": split}
        for i, split in enumerate(splits)
    )


def left(manifest: Manifest) -> list[int]:
    return [int(uri.split(".")[0]) for uri in manifest.uris]


PLAIN = manifest_of(*[None] * 10)


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        (DataFault.UNREADABLE, "unreadable"),
        (DataFault.CONFLICTING_LABEL, "conflicts"),
        (DataFault.NO_PERSON, "people"),
        (DataFault.MANY_PEOPLE, "people"),
        (DataFault.SUSPICIOUS_LABEL, "suspicious"),
    ],
)
def test_of_most_faults_no_row_stays(fault: DataFault, word: str) -> None:
    findings = [DataFinding(fault, "why", (3, 4))]
    kept, dropped = drop_faults(PLAIN, findings, [word])
    assert left(kept) == [0, 1, 2, 5, 6, 7, 8, 9]
    assert left(dropped) == [3, 4]
    assert dropped.column(REASON) == [f"{fault.value}: why"] * 2


def test_only_what_was_asked_is_dropped() -> None:
    findings = [DataFinding(fault, "why", (row,)) for row, fault in enumerate(DataFault)]
    kept, dropped = drop_faults(PLAIN, findings, ["unreadable"])
    assert left(dropped) == [list(DataFault).index(DataFault.UNREADABLE)]
    assert len(kept) == 9
    assert left(drop_faults(PLAIN, findings, [])[0]) == list(range(10))


@pytest.mark.parametrize("fault", [DataFault.EXACT_DUPLICATE, DataFault.NEAR_DUPLICATE])
def test_of_duplicates_one_stays_that_of_the_test_split_first(fault: DataFault) -> None:
    assert left(drop_faults(PLAIN, [DataFinding(fault, "", (2, 5, 7))], ["duplicates"])[1]) == [
        5,
        7,
    ]
    splits = manifest_of("train", "train", None, "val", "test", "test")
    _, dropped = drop_faults(splits, [DataFinding(fault, "", (0, 2, 4, 5))], ["duplicates"])
    assert left(dropped) == [0, 2, 5]


def test_of_a_leak_the_rows_of_one_split_stay() -> None:
    splits = manifest_of("train", "val", "val", "train", None, "calibration")
    _, dropped = drop_faults(splits, [DataFinding(DataFault.LEAK, "", (0, 1, 2, 4, 5))], ["leaks"])
    assert left(dropped) == [0, 5]


def test_a_copy_that_goes_for_another_reason_is_not_the_one_that_stays() -> None:
    findings = [
        DataFinding(DataFault.NEAR_DUPLICATE, "", (0, 1, 2)),
        DataFinding(DataFault.SUSPICIOUS_LABEL, "", (0,)),
    ]
    _, dropped = drop_faults(PLAIN, findings, ["duplicates", "suspicious"])
    assert left(dropped) == [0, 2]


def test_no_row_is_lost_or_doubled() -> None:
    splits = manifest_of(*["train", "val", "test", None, "train"] * 4)
    findings = [
        DataFinding(fault, "", tuple(range(start, 20, 3 + start)))
        for start, fault in enumerate(DataFault)
        if start < 5
    ]
    kept, dropped = drop_faults(splits, findings, ["duplicates", "leaks"])
    assert sorted(left(kept) + left(dropped)) == list(range(20))
    assert all(dropped.column(REASON))


def test_a_label_may_not_vanish() -> None:
    with pytest.raises(EmptyClassError):
        drop_faults(PLAIN, [DataFinding(DataFault.NO_PERSON, "", (0, 2, 4, 6, 8))], ["people"])


def test_words() -> None:
    assert parse_drops("leaks, duplicates") == ["leaks", "duplicates"]
    assert {fault for faults in DROPS.values() for fault in faults} == set(DataFault)
    with pytest.raises(SettingsError, match=r"--drop 'leak' is not known; give some of unreadable"):
        parse_drops("leak")
