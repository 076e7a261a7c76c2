"""What the datasheet counts, and what it admits not to know."""

from __future__ import annotations

import re

import pytest

from genderlens.bundle import load_bundle
from genderlens.data.manifest import Manifest
from genderlens.export.cards.datasheet import render_datasheet


def _row(index: int, **more: str | None) -> dict[str, str | None]:
    label, split = ("male", "female")[index % 2], "val" if index % 5 == 0 else "train"
    row = {"uri": f"/secret/place/{index}.png", "label": label, "source": "s", "split": split}
    return {**row, **more}


@pytest.fixture
def sheet() -> str:
    ages = ["3-9", "10-19", None]
    rows = [_row(i, age=ages[i % 3], name=f"person {i}") for i in range(60)]
    return render_datasheet(load_bundle().description, Manifest.from_rows(rows))


def test_the_sections_of_a_datasheet(sheet: str) -> None:
    assert re.findall(r"^## (.*)$", sheet, re.MULTILINE) == [
        "Motivation",
        "Composition",
        "Collection and labelling",
        "Preprocessing",
        "Uses",
        "Distribution and maintenance",
    ]


def test_splits_and_attributes_are_counted(sheet: str) -> None:
    assert "| train | 48 | 24 | 24 |" in sheet
    assert "| val | 12 | 6 | 6 |" in sheet
    assert sheet.index("| 3-9 | 20 | 33.3% | 10 | 10 |") < sheet.index("| 10-19 | 20 |")
    assert "| missing | 20 | 33.3% |" in sheet


def test_names_and_addresses_are_not_listed(sheet: str) -> None:
    assert "`name`: 60 different values, 0 missing." in sheet
    assert "person 7" not in sheet
    assert "/secret/place" not in sheet


def test_whether_people_are_told_apart() -> None:
    description = load_bundle().description
    unknown = Manifest.from_rows(_row(i) for i in range(4))
    assert "Who is in a picture is not recorded" in render_datasheet(description, unknown)
    known = Manifest.from_rows(_row(i, subject=f"p{i % 2}") for i in range(4))
    assert "2 people by the data set's own marks" in render_datasheet(description, known)


def test_what_it_says_about_labels_and_licence(sheet: str) -> None:
    provenance = load_bundle().description.provenance
    assert "not identity" in sheet
    for words in (provenance.licence, provenance.attribution, provenance.manifest_sha256):
        assert words in sheet


def test_other_words_are_counted_in_their_order() -> None:
    words = ("feminine", "masculine", "androgynous")
    described = load_bundle().description
    head = described.head.model_copy(
        update={"name": "style", "labels": words, "kind": "categorical"}
    )
    rows = [_row(at) | {"label": words[at % 3]} for at in range(30)]
    sheet = render_datasheet(
        described.model_copy(update={"heads": (head,)}), Manifest.from_rows(rows)
    )
    assert "| split | pictures | feminine | masculine | androgynous |" in sheet
    assert "| train | 24 | 8 | 8 | 8 |" in sheet
    assert "perceived style, three labels by the data's" in sheet
    assert "three labels do not fit" in sheet
