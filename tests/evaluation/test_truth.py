"""What annotators say of further heads."""

from __future__ import annotations

import pyarrow as pa
import pytest

from evaluation.tables import AGES, random_table, with_attribute
from genderlens.data.manifest import Manifest
from genderlens.errors import DataError, ManifestError, SettingsError
from genderlens.evaluation.truth import add_truths, judged_heads, parse_truths, require_heads
from genderlens.heads.default import GENDER


@pytest.fixture
def table() -> pa.Table:
    return with_attribute(random_table(3), AGES).drop_columns(["age_group_label"])


def _manifest(column: str, words: list[str | None]) -> Manifest:
    return Manifest.from_rows(
        {"uri": str(at), "label": "male", "source": "x", column: word}
        for at, word in reversed([*enumerate(words)])
    )


@pytest.mark.parametrize("column", ["age_group", "age"])
def test_the_truth_is_joined_by_address_in_the_heads_words(table: pa.Table, column: str) -> None:
    manifest = _manifest(column, ["0-2", None, "MORE THAN 70"])
    truths = {} if column == "age_group" else {"age_group": column}
    found = add_truths(table, manifest, truths)
    assert found.column("age_group_label").to_pylist() == ["0-2", None, "More than 70"]
    assert judged_heads(found) == [_stored(AGES)]
    again = add_truths(found, _manifest(column, ["3-9"] * 3), truths)
    assert again.column("age_group_label").to_pylist() == ["3-9"] * 3


def _stored(head: object) -> object:
    """As a table tells it, which knows no outputs of graphs."""
    from dataclasses import replace

    return replace(head, output="logit")  # type: ignore[type-var]


def test_without_a_column_nothing_is_judged(table: pa.Table) -> None:
    found = add_truths(table, _manifest("race", ["x"] * 3), {})
    assert found.column_names == table.column_names
    assert judged_heads(found) == []


def test_a_strange_word_is_an_error_and_never_another_label(table: pa.Table) -> None:
    with pytest.raises(DataError, match="'age' holds 'ancient', which is no label of 'age_group'"):
        add_truths(table, _manifest("age", ["ancient"] * 3), {"age_group": "age"})


def test_a_column_that_is_not_there_is_told(table: pa.Table) -> None:
    with pytest.raises(ManifestError, match="no column 'years'"):
        add_truths(table, _manifest("age", ["0-2"] * 3), {"age_group": "years"})


def test_options_name_a_head_and_a_column() -> None:
    assert parse_truths(["age_group=age", " hat = headwear"]) == {
        "age_group": "age",
        "hat": "headwear",
    }
    for text in ("age_group", "=age", "age_group="):
        with pytest.raises(SettingsError, match="write HEAD=COLUMN"):
            parse_truths([text])
    require_heads([GENDER, AGES], {"age_group": "age"})
    with pytest.raises(SettingsError, match=r"'age_grup'.*answered: age_group.*did you mean"):
        require_heads([GENDER, AGES], {"age_grup": "age"})
