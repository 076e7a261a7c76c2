"""Evaluations side by side."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from evaluation.tables import AGES, head_table, random_table, table_of, with_attribute
from genderlens.errors import DataError
from genderlens.evaluation.compare import ComparedModel, compare_pairs, read_entries
from genderlens.evaluation.report.comparison import render_comparison, write_comparison
from genderlens.evaluation.report.comparison_text import render_csv, render_markdown
from made_answers import WORDS


def _store(folder: Path, table: pa.Table, **facts: object) -> Path:
    folder.mkdir(parents=True)
    pq.write_table(table, folder / "predictions.parquet")
    if facts:
        (folder / "report.json").write_text(json.dumps({"facts": facts}))
    return folder


@pytest.fixture
def entries(tmp_path: Path) -> list[ComparedModel]:
    facts = {"milliseconds_per_picture": 5.0, "model_megabytes": 11.2, "parameters": 2_800_000}
    better = _store(tmp_path / "better", random_table(400), **facts)
    worse = _store(tmp_path / "worse", _spoilt(random_table(400)), milliseconds_per_picture=2.5)
    return read_entries([better, worse])


def _spoilt(table: pa.Table, count: int = 60) -> pa.Table:
    """The same pictures, the last answers turned round, in another order."""
    values = np.asarray(table.column("probability_male").to_pylist())
    values[-count:] = 1 - values[-count:]
    index = table.column_names.index("probability_male")
    return table.set_column(index, "probability_male", pa.array(values)).take(
        np.random.default_rng(0).permutation(len(table))
    )


def test_pairs_are_matched_by_address(entries: list[ComparedModel]) -> None:
    (pair,) = compare_pairs(entries)
    assert pair.common == 400
    assert pair.only_first + pair.only_second == 60
    assert pair.only_first > pair.only_second
    assert pair.p_value == pair.p_holm < 0.01
    gained = entries[1].figures["accuracy"].value - entries[0].figures["accuracy"].value
    assert pair.difference == pytest.approx(gained)


def test_only_common_answers_are_paired(tmp_path: Path) -> None:
    one = _store(tmp_path / "a", random_table(100).slice(0, 60))
    other = _store(tmp_path / "b", random_table(100).slice(40))
    apart = _store(tmp_path / "c", table_of([("classified", "male", 0.9)]).slice(0))
    first, second, third = read_entries([one, other, apart])
    assert compare_pairs([first, second])[0].common == 20
    assert compare_pairs([second, third])[0].to_dict()["difference"] is None


def test_everything_is_written(entries: list[ComparedModel], tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_comparison(out, entries, compare_pairs(entries))
    for fact in ("milliseconds_per_picture", "model_megabytes"):
        with Image.open(out / f"accuracy-{fact}.png") as image:
            assert np.asarray(image.convert("L")).std() > 5
    document = json.loads((out / "comparison.json").read_text())
    assert [model["name"] for model in document["models"]] == ["better", "worse"]
    rows = list(csv.DictReader(io.StringIO((out / "comparison.csv").read_text())))
    assert float(rows[0]["accuracy"]) == pytest.approx(
        entries[0].figures["accuracy"].value, abs=1e-6
    )
    assert rows[1]["model_megabytes"] == ""
    assert "//" not in (out / "comparison.html").read_text().replace("http://www.w3.org", "")
    lines = (out / "comparison.md").read_text().splitlines()
    assert lines[2] == "|  | better | worse |"
    assert {line.count("|") for line in lines if "better : worse" in line} == {7}


def test_names_are_never_markup(tmp_path: Path) -> None:
    name = "=cmd()|<b>x"
    (entry, *_) = others = read_entries([_store(tmp_path / name, random_table(50))] * 2)
    assert entry.name.endswith(f"{name} (1)")
    from dataclasses import replace

    shown = [replace(other, name=name) for other in others]
    assert "\n'=cmd()" in render_csv(shown)
    assert r"=cmd()\|\<b\>x" in render_markdown(shown, [])
    assert "<b>x" not in render_comparison(shown, [], {})


def test_folders_of_one_name_are_told_apart(tmp_path: Path) -> None:
    folders = [_store(tmp_path / run / "eval", random_table(50)) for run in ("one", "two")]
    assert [entry.name for entry in read_entries(folders)] == ["one/eval", "two/eval"]


def test_what_cannot_be_compared_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere holds no predictions\.parquet"):
        read_entries([tmp_path / "nowhere"])
    refused = _store(tmp_path / "refused", table_of([("no_person", "male", None)]))
    with pytest.raises(DataError, match="no labelled picture with an answer"):
        read_entries([refused])


def test_pictures_are_matched_however_their_address_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    table = random_table(20)
    uris = table.column("uri").to_pylist()
    folders = []
    for name, written in (
        ("here", [f"faces/{u}" for u in uris]),
        ("full", [f"{tmp_path}/faces/{u}" for u in uris]),
    ):
        column = table.column_names.index("uri")
        folders.append(_store(tmp_path / name, table.set_column(column, "uri", [written])))
    (pair,) = compare_pairs(read_entries(folders))
    assert pair.common == 20


def test_models_of_three_words_are_compared_by_what_they_have(tmp_path: Path) -> None:
    folders = [_store(tmp_path / str(seed), head_table(WORDS, 300, seed=seed)) for seed in (0, 1)]
    entries = read_entries(folders)
    assert "roc_auc" not in entries[0].figures
    assert entries[0].figures["f1_macro"].value > 0.5
    (pair,) = compare_pairs(entries)
    assert pair.common == 300
    write_comparison(tmp_path / "out", entries, [pair])
    page = (tmp_path / "out" / "comparison.html").read_text("utf-8")
    assert "androgynous" in page
    assert "ROC" not in page
    header = render_csv(entries).splitlines()[0]
    assert "f1_macro_low" in header
    assert "roc_auc" not in header


def test_different_questions_are_not_compared(tmp_path: Path) -> None:
    folders = [
        _store(tmp_path / "words", head_table(WORDS, 50)),
        _store(tmp_path / "gender", random_table(50)),
    ]
    with pytest.raises(
        DataError, match=r"words answers feminine.* and gender answers female, male"
    ):
        read_entries(folders)


def test_further_heads_are_compared_where_they_are_named(tmp_path: Path) -> None:
    plain = random_table(200)
    folders = [
        _store(tmp_path / str(seed), with_attribute(plain, AGES, seed=seed)) for seed in (0, 1)
    ]
    entries = read_entries(folders, "age_group")
    assert entries[0].figures["mean_absolute_error"].value > 0
    assert {entry.head.name for entry in entries} == {"age_group"}
    with pytest.raises(DataError, match="no labelled attribute 'hat', it has age_group"):
        read_entries(folders, "hat")
