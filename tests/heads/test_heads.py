"""Heads are checked when they are made, and chosen by name."""

from __future__ import annotations

import pytest

from genderlens.errors import SettingsError
from genderlens.heads import Head, HeadKind, column_word, select_heads
from made_answers import AGES, WORDS


@pytest.mark.parametrize(
    ("name", "labels", "kind", "fault"),
    [
        ("Gender", ("a", "b"), "binary", "lower-case"),
        ("9lives", ("a", "b"), "binary", "begins with a letter"),
        ("x", ("a",), "categorical", "2 to 64 labels, not 1"),
        ("x", ("a", "b", "c"), "binary", "2 labels, not 3"),
        ("x", ("a", "A"), "binary", "not different words"),
        ("x", ("a", " "), "binary", "is no label"),
        ("x", ("a", "b\n"), "categorical", "is no label"),
        ("x", ("a", "b" * 41), "categorical", "is no label"),
        ("x", ("a", "../b"), "categorical", "folders are named by labels"),
        ("x", ("a", "b\\c"), "categorical", "folders are named by labels"),
        ("x", ("a", ".b"), "categorical", "folders are named by labels"),
    ],
)
def test_a_head_that_cannot_be_is_refused(
    name: str, labels: tuple[str, ...], kind: HeadKind, fault: str
) -> None:
    with pytest.raises(ValueError, match=fault):
        Head(name, labels, kind)


def test_columns_are_told_by_labels() -> None:
    assert WORDS.probability_columns == WORDS.share_columns
    pair = Head("mood", ("not happy", "happy!"))
    assert pair.probability_columns == ("probability_happy",)
    assert pair.share_columns == ("probability_not_happy", "probability_happy")
    assert column_word("0-2") == "0_2"
    assert column_word("Женщина") == "женщина"
    assert Head("look", ("женщина", "мужчина")).probability_columns == ("probability_мужчина",)
    assert (pair.width, WORDS.width) == (1, 3)


def test_labels_and_heads_are_found_by_name_and_a_wrong_one_names_the_near_one() -> None:
    assert WORDS.index("masculine") == 1
    with pytest.raises(SettingsError, match=r"'masculin' is no label.*did you mean 'masculine'"):
        WORDS.index("masculin")
    assert select_heads((WORDS, AGES), ["age_group", "age_group"]) == (AGES,)
    with pytest.raises(SettingsError, match="no attribute 'age_grup'; it has age_group"):
        select_heads((AGES,), ["age_grup"])
    with pytest.raises(SettingsError, match="it has none"):
        select_heads((), ["age_group"])
