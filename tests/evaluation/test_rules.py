"""``--fail-if``."""

from __future__ import annotations

import pytest

from evaluation.tables import AGES
from genderlens.errors import SettingsError
from genderlens.evaluation.assessment import figure_names
from genderlens.evaluation.rules import Rule, parse_rule, require_known
from genderlens.heads.default import GENDER
from genderlens.types import UNDEFINED, Estimate

FIGURES = {"accuracy": Estimate(0.9, 0.8, 0.95, 100), "worst_group_accuracy": UNDEFINED}


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("accuracy<0.9", False),
        ("accuracy<=0.9", True),
        ("accuracy > 0.89", True),
        (" accuracy >= 9e-1 ", True),
        ("accuracy<.5", False),
        ("worst_group_accuracy<0.1", True),
    ],
)
def test_bounds(text: str, broken: bool) -> None:
    assert parse_rule(text).is_broken(FIGURES) is broken


@pytest.mark.parametrize(
    "text",
    ["", "accuracy", "accuracy<", "accuracy<nan", "accuracy<1.2.3", "accuracy==1", "a<1;b<2",
     "__import__('os')<1", "accuracy<0.9 or 1", "0.9>accuracy", "Accuracy<1"],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="is not understood; write FIGURE<NUMBER"):
        parse_rule(text)


def test_unknown_figures_list_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="'acuracy'; known are abstention_rate, accuracy"):
        require_known([Rule("acuracy", "<", 0.9)], figure_names([GENDER], grouped=False))
    with pytest.raises(SettingsError, match="figures of groups need --by"):
        require_known(
            [Rule("worst_group_accuracy", "<", 0.9)], figure_names([GENDER], grouped=False)
        )
    require_known([Rule("worst_group_accuracy", "<", 0.9)], figure_names([GENDER], grouped=True))


def test_written_as_read() -> None:
    assert str(parse_rule("ece>0.015")) == "ece > 0.015"


def test_figures_of_further_heads_are_named_by_both() -> None:
    rule = parse_rule("age_group.off_by_one_accuracy < 0.9")
    known = figure_names([GENDER, AGES], grouped=True)
    require_known([rule, parse_rule("age_group.worst_group_accuracy<0.3")], known)
    assert not any(name.startswith("age_group") for name in figure_names([GENDER], grouped=True))
    with pytest.raises(SettingsError, match=r"no figure 'age_group\.roc_auc'"):
        require_known([parse_rule("age_group.roc_auc<0.3")], known)
