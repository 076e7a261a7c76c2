"""The folder that an evaluation leaves."""

from __future__ import annotations

import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from evaluation.tables import Row, random_table, table_of
from genderlens.errors import DataError, MissingExtraError
from genderlens.evaluation.assessment import Assessment, assess
from genderlens.evaluation.judging import judge_rows
from genderlens.evaluation.report.drawing import require_matplotlib
from genderlens.evaluation.report.figure_words import figure_meanings
from genderlens.evaluation.report.report_folder import read_report, start_folder, write_evaluation
from genderlens.evaluation.rules import parse_rule
from genderlens.heads.default import GENDER

NASTY = "<script>alert(1)</script> $x$ ../../etc"


class Links(HTMLParser):
    """Whatever a browser would fetch, and tags that were never closed."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.ids: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name in ("src", "href", "xlink:href", "srcset", "action"):
                self.fetched.append(value or "")
            if name == "id":
                self.ids.append(value or "")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    table = random_table(900, hard=0.3)
    table = table.append_column(NASTY, table.column("group"))
    rows = judge_rows(table, by=["group", NASTY])
    assessment = assess(rows, facts={"model": NASTY, "data": "made up", "command": "genderlens"})
    start_folder(folder, table)
    rules = [parse_rule("worst_group_accuracy<0.99"), parse_rule("ece>0.9")]
    write_evaluation(folder, assessment, rows, table, rules=rules)
    return folder


def test_everything_is_there(out: Path) -> None:
    for name in ("predictions.parquet", "report.json", "report.html", "mistakes.html"):
        assert (out / name).stat().st_size > 1000
    plots = {path.stem for path in (out / "plots").iterdir()}
    assert {"confusion", "roc", "precision_recall", "reliability", "sweep", "risk_coverage"} < plots
    assert {"groups-group", "abstaining-group"} < plots
    for path in (*(out / "plots").iterdir(), out / "mistakes.png"):
        with Image.open(path) as image:
            assert np.asarray(image.convert("L")).std() > 5 or path.stem == "mistakes"
    assert all(path.parent == out / "plots" for path in (out / "plots").rglob("*"))


def test_the_json_holds_every_figure_with_its_interval(out: Path) -> None:
    document = read_report(out)
    assert {*figure_meanings(GENDER), "worst_group_accuracy", "largest_accuracy_gap"} <= set(
        document["metrics"]
    )
    for name, figure in document["metrics"].items():
        if figure["value"] is not None:
            assert figure["low"] <= figure["value"] <= figure["high"], name
    assert [rule["broken"] for rule in document["rules"]] == [True, False]
    assert sum(document["outcomes"].values()) == document["pictures"] == 900


def test_the_page_asks_nothing_of_the_network(out: Path) -> None:
    for name in ("report.html", "mistakes.html"):
        text = (out / name).read_text("utf-8")
        page = Links()
        page.feed(text)
        assert all(link.startswith(("data:", "#")) for link in page.fetched)
        assert "default-src 'none'" in text
        assert "script" not in page.tags
        assert not re.search(r"@import|url\((?!#)", text)
        assert len(page.ids) == len(set(page.ids))
        local = {link[1:] for link in page.fetched if link.startswith("#")}
        assert local <= set(page.ids)


def test_every_figure_and_plot_is_explained(out: Path) -> None:
    text = (out / "report.html").read_text("utf-8")
    assert "perceived" in text
    assert "identity" in text
    assert text.count("<figcaption>") >= 6 + 4
    for meaning in figure_meanings(GENDER).values():
        assert meaning in text


def test_ink_takes_the_pages_colour(out: Path) -> None:
    text = (out / "report.html").read_text("utf-8")
    assert text.count("currentColor") > 20
    assert "prefers-color-scheme: dark" in text
    assert "#101214" not in text


def test_an_earlier_report_does_not_survive_new_predictions(tmp_path: Path) -> None:
    (tmp_path / "plots").mkdir()
    for name in ("report.json", "mistakes.html", "plots/groups-old.png", "notes.txt"):
        (tmp_path / name).write_text("{}")
    start_folder(tmp_path, random_table(3))
    left = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"predictions.parquet", "notes.txt"}


@pytest.mark.parametrize(
    "rows",
    [
        [("no_person", "male", None)] * 3,
        [("classified", "male", 0.9)] * 3,
        [("uncertain", "female", 0.5)],
    ],
    ids=["only refused", "only male", "one uncertain"],
)
def test_odd_data_gets_a_report(rows: list[Row], tmp_path: Path) -> None:
    table = table_of(rows, group=["a"] * len(rows))
    judged = judge_rows(table, by=["group"])
    write_evaluation(tmp_path, assess(judged), judged, table)
    document = json.loads((tmp_path / "report.json").read_text())
    assert document["pictures"] == len(rows)
    assert (tmp_path / "report.html").is_file()


def test_pictures_can_be_left_out(tmp_path: Path) -> None:
    table = random_table(60)
    rows = judge_rows(table)
    write_evaluation(tmp_path, assess(rows), rows, table, pictures=False)
    assert not (tmp_path / "mistakes.html").exists()
    assert "data:image" not in (tmp_path / "report.html").read_text("utf-8")


def test_nothing_labelled_is_an_error() -> None:
    with pytest.raises(DataError, match="no picture in the predictions has a label"):
        assess(judge_rows(table_of([("classified", None, 0.9)])))


def test_a_broken_report_is_told(tmp_path: Path) -> None:
    assert read_report(tmp_path) == {}
    for content in ("{", "[]"):
        (tmp_path / "report.json").write_text(content)
        with pytest.raises(DataError, match=r"report\.json"):
            read_report(tmp_path)


def test_without_matplotlib_the_install_line_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'genderlens\[report\]'"):
        require_matplotlib()


def test_the_same_rows_give_the_same_assessment() -> None:
    def again() -> Assessment:
        return assess(judge_rows(random_table(300), by=["group"]))

    assert again().to_dict() == again().to_dict()
