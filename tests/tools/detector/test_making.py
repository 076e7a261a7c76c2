"""Which detector may be shipped, and what is said of it."""

from __future__ import annotations

import hashlib
import json

import pytest
from tools.detector.making import FACTS, BesidePublished

from genderlens.detection.faces import CENTERFACE
from genderlens.detection.sound import FAST
from genderlens.types import Box

GOOD = {"bytes": 1, "speed_ratio": 2.0, "photos": 10}


def test_a_graph_that_decides_alike_holds_the_rule() -> None:
    assert (
        BesidePublished(
            taught=False, **GOOD, agreement=0.9995, median_overlap=0.99, accuracy_lost=0
        ).broken_rules()
        == []
    )


@pytest.mark.parametrize(
    ("agreement", "overlap", "lost", "clause"),
    [
        (0.99, 0.99, 0.0, "agree on 99.00%"),
        (1.0, 0.97, 0.0, "overlap by 0.970"),
        (1.0, 0.99, 0.003, "falls by 0.30%"),
    ],
)
def test_each_rule_is_named(agreement: float, overlap: float, lost: float, clause: str) -> None:
    verdict = BesidePublished(
        taught=False, **GOOD, agreement=agreement, median_overlap=overlap, accuracy_lost=lost
    )
    (broken,) = verdict.broken_rules()
    assert clause in broken


@pytest.mark.parametrize(("lost", "clauses"), [(0.003, []), (0.004, ["accuracy falls by 0.40%"])])
def test_one_with_other_weights_must_be_right_as_often(lost: float, clauses: list[str]) -> None:
    verdict = BesidePublished(
        taught=True, **GOOD, agreement=0.98, median_overlap=0.95, accuracy_lost=lost
    )
    assert verdict.broken_rules() == clauses


def test_overlap_of_boxes() -> None:
    assert Box(0, 0, 2, 2).overlap(Box(1, 0, 3, 2)) == pytest.approx(1 / 3)
    assert Box(0, 0, 1, 1).overlap(Box(2, 2, 3, 3)) == 0


def test_the_shipped_facts_are_those_of_the_shipped_graph() -> None:
    facts = json.loads(CENTERFACE.with_name(FACTS).read_text("utf-8"))
    assert facts["sha256"] == hashlib.sha256(CENTERFACE.read_bytes()).hexdigest()
    assert facts["beside_published"]["broken_rules"] == []
    assert "MIT License" in CENTERFACE.with_name("LICENSE").read_text("utf-8")


def test_the_shipped_facts_name_the_fast_graph_that_is_shipped() -> None:
    facts = json.loads(CENTERFACE.with_name(FACTS).read_text("utf-8"))["int8"]
    content = CENTERFACE.with_name(facts["file"]).read_bytes()
    assert facts["file"] == FAST
    assert facts["bytes"] == len(content)
    assert facts["sha256"] == hashlib.sha256(content).hexdigest()
