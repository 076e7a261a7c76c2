"""Reports on heads of any labels, and on further heads beside the answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from PIL import Image

from evaluation.tables import AGES, head_table, random_table, with_attribute
from genderlens.evaluation.questions import Assessed, Measures, assess_answers
from genderlens.evaluation.report.figure_words import figure_meanings, label_columns
from genderlens.evaluation.report.head_words import what_it_is_not_for, what_it_says
from genderlens.evaluation.report.mistakes import find_mistakes
from genderlens.evaluation.report.plots import draw_confusion, list_plots
from genderlens.evaluation.report.report_folder import read_report, start_folder, write_evaluation
from genderlens.evaluation.rules import parse_rule
from genderlens.heads import Head
from genderlens.heads.default import GENDER
from made_answers import WORDS


def _report(folder: Path, table: pa.Table, *rules: str) -> tuple[dict[str, Any], str, Assessed]:
    found = assess_answers(table, Measures(["group"], 0.1, 30), facts={"model": "m", "data": "d"})
    start_folder(folder, table)
    checked = [parse_rule(rule) for rule in rules]
    write_evaluation(folder, found.assessment, found.rows, table, rules=checked)
    return read_report(folder), (folder / "report.html").read_text("utf-8"), found


@pytest.mark.parametrize("head", [WORDS, AGES], ids=lambda head: head.name)
def test_a_first_head_of_any_labels_has_a_report(head: Head, tmp_path: Path) -> None:
    document, page, _ = _report(tmp_path, head_table(head, 400, hard=0.2))
    assert document["head"] == head.to_dict()
    by_label = {name for _, names in label_columns(head) for name in names}
    assert {*figure_meanings(head), *by_label} <= set(document["metrics"])
    assert not {"roc_auc", "average_precision_male"} & set(document["metrics"])
    assert ("off_by_one_accuracy" in document["metrics"]) == (head.kind == "ordinal")
    assert len(document["answers"]) == len(head.labels)
    plots = {path.stem for path in (tmp_path / "plots").iterdir()}
    assert plots == {*list_plots(head), "groups-group", "abstaining-group"}
    for label in head.labels:
        assert label in page
    assert "ROC" not in page
    assert "nan" not in page


def test_the_report_of_the_default_head_says_nothing_of_heads(tmp_path: Path) -> None:
    document, page, _ = _report(tmp_path, random_table(300))
    assert not {"head", "attributes"} & set(document)
    assert {"recall_female", "average_precision_male", "f1_female"} <= set(document["metrics"])
    assert document["curves"]["reliability"][0].keys() == {"mean", "count", "male"}
    assert "gender presentation" in page
    assert "Attribute:" not in page


def test_a_further_head_has_a_section_with_what_it_is_not_for(tmp_path: Path) -> None:
    table = with_attribute(random_table(300), AGES)
    rules = ("age_group.off_by_one_accuracy<0.5", "age_group.mean_absolute_error>0.1")
    document, page, found = _report(tmp_path, table, *rules)
    part = document["attributes"]["age_group"]
    assert part["head"]["labels"] == list(AGES.labels)
    assert part["pictures"] == 300
    for name in ("accuracy", "off_by_one_accuracy", "mean_absolute_error", "ece"):
        figure = part["metrics"][name]
        assert figure["low"] < figure["value"] < figure["high"]
    assert {tuple(group["values"]) for group in part["groups"]} == {("a",), ("b",)}
    assert part["curves"]["reliability"]
    assert "head" not in document
    assert [rule["broken"] for rule in document["rules"]] == [False, True]
    for words in ("Attribute: age group", "Not for age verification", "deciding about a person"):
        assert words in page
    names = {path.stem for path in (tmp_path / "plots").iterdir()}
    assert {"age_group.confusion", "age_group.groups-group", "confusion", "roc"} <= names
    assert found.unlabelled == []
    start_folder(tmp_path, table)
    assert not list((tmp_path / "plots").iterdir())


def test_the_first_heads_figures_do_not_depend_on_further_heads(tmp_path: Path) -> None:
    plain = random_table(300)
    alone, _, _ = _report(tmp_path / "alone", plain)
    beside, _, _ = _report(tmp_path / "beside", with_attribute(plain, AGES))
    del beside["attributes"]
    assert beside == alone


def test_a_head_that_nobody_labelled_is_named_and_its_rules_fail(tmp_path: Path) -> None:
    table = with_attribute(random_table(60), AGES).drop_columns(["age_group_label"])
    document, page, found = _report(tmp_path, table, "age_group.accuracy<0.1")
    assert found.unlabelled == ["age_group"]
    assert "attributes" not in document
    assert document["rules"][0]["broken"]
    assert "Attribute:" not in page


def test_wrong_answers_are_told_in_the_heads_words(tmp_path: Path) -> None:
    table = head_table(WORDS, 40, hard=1.0)
    found = assess_answers(table, Measures())
    mistakes = find_mistakes(found.rows, table)
    assert mistakes
    for mistake in mistakes:
        assert {mistake.label, mistake.said} <= {*WORDS.labels}
        assert mistake.label != mistake.said
    confidences = [mistake.confidence for mistake in mistakes]
    assert confidences == sorted(confidences, reverse=True)


@pytest.mark.parametrize("size", [2, 3, 9, 20])
def test_a_confusion_matrix_has_room_for_its_labels(size: int, tmp_path: Path) -> None:
    head = Head("many", tuple(f"label {at} $x$" for at in range(size)), "categorical")
    found = assess_answers(head_table(head, 200), Measures()).assessment
    figure = draw_confusion(found)
    figure.savefig(tmp_path / "confusion.png", dpi=60)
    with Image.open(tmp_path / "confusion.png") as image:
        assert image.width < 900
    written = [text.get_text() for text in figure.axes[0].texts]
    assert len(written) == size**2
    assert any(written) == (size <= 16)


def test_what_the_page_says_of_a_head_cannot_be_markup() -> None:
    head = Head("x", ("<b>bold", "plain", "other"), "categorical")
    assert "&lt;b&gt;bold" in what_it_says(head)
    assert "3 words" in what_it_says(head)
    assert "two words" in what_it_says(GENDER)
    assert "age verification" in what_it_is_not_for(AGES)
    assert "age verification" not in what_it_is_not_for(WORDS)
