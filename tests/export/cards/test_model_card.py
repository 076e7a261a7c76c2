"""What the card says comes from the description."""

from __future__ import annotations

import re

import pytest

from genderlens.bundle import (
    CalibrationSpec,
    Description,
    HeadEvaluation,
    HeadSpec,
    ThresholdSpec,
    load_bundle,
)
from genderlens.export.cards.model_card import render_model_card
from genderlens.types import Estimate
from tiny_bundles import with_calibration

ONE_PERCENT = ThresholdSpec(target_error=0.01, abstain_below=0.9582, coverage=0.7028, error=0.0089)
TUNED = CalibrationSpec(
    temperature=0.952, abstain_below=0.55, exponent=1.279, thresholds=(ONE_PERCENT,), count=1605
)


@pytest.fixture
def description() -> Description:
    return with_calibration(load_bundle().description, TUNED)


def test_the_sections_of_a_model_card(description: Description) -> None:
    card = render_model_card(description)
    assert re.findall(r"^## (.*)$", card, re.MULTILINE) == [
        "Model details",
        "Intended use",
        "Factors",
        "Metrics",
        "Measured accuracy",
        *(["Attributes"] if description.heads[1:] else []),
        "Doubt",
        "Training",
        "Ethical considerations",
        "Regulation (EU) 2024/1689 (AI Act)",
        "Caveats and recommendations",
    ]


def test_the_law_is_named_exactly(description: Description) -> None:
    card = render_model_card(description)
    for words in ("Article 50(3)", "Article 5(1)(g)", "Article 3(40)", "Annex III point 1(b)"):
        assert words in card


def test_thresholds_and_their_coverage(description: Description) -> None:
    assert "| 1.0% | 0.9582 | 70.3% | 0.89% |" in render_model_card(description)
    plain = with_calibration(description, load_bundle().description.calibration)
    if not plain.calibration.thresholds:
        assert "target error" not in render_model_card(plain)


def test_the_largest_gap_leaves_small_groups_out(description: Description) -> None:
    assert description.evaluation is not None
    age = description.evaluation.groups["age"]
    large = {name: share.value for name, share in age.items() if share.count >= 100}
    assert len(large) < len(age)
    worst, best = min(large, key=large.__getitem__), max(large, key=large.__getitem__)
    gap = 100 * (large[best] - large[worst])
    words = f"{gap:.1f} percentage points, between {worst} and {best}."
    assert words in render_model_card(description)


def test_a_value_cannot_break_its_table(description: Description) -> None:
    assert description.evaluation is not None
    share = description.evaluation.overall
    groups = {"hat|coat": {"a|b\n| c <script>": share}}
    evaluation = description.evaluation.model_copy(update={"groups": groups})
    card = render_model_card(description.model_copy(update={"evaluation": evaluation}))
    assert "| hat\\|coat | accuracy |" in card
    assert "| a\\|b \\| c &lt;script> | " in card


def test_a_bundle_that_was_never_measured_has_a_card(description: Description) -> None:
    card = render_model_card(description.model_copy(update={"evaluation": None}))
    assert "Measured accuracy" not in card
    assert "Not to be used" in card


def test_the_card_says_what_the_weights_began_with_and_who_taught(description: Description) -> None:
    recipe = description.provenance.recipe | {"teacher": ["teacher"]}
    provenance = description.provenance.model_copy(
        update={"recipe": recipe, "start": "ImageNet weights of a package (Apache-2.0)"}
    )
    card = render_model_card(description.model_copy(update={"provenance": provenance}))
    assert (
        "weights started from ImageNet weights of a package (Apache-2.0), taught by `teacher`."
        in card
    )


def _three_words() -> HeadSpec:
    words = ("feminine", "masculine", "androgynous")
    return HeadSpec(name="style", labels=words, kind="categorical", calibration=TUNED)


def test_a_model_of_three_words_is_told_in_them(description: Description) -> None:
    assert description.evaluation is not None
    metrics = {"accuracy_when_certain": 0.9, "f1_macro": 0.8123, "brier": 0.3, "ece": 0.02}
    evaluation = description.evaluation.model_copy(update={"metrics": metrics, "groups": {}})
    changed = {"heads": (_three_words(),), "evaluation": evaluation}
    card = render_model_card(description.model_copy(update=changed))
    assert "feminine, masculine or androgynous, or `uncertain`" in " ".join(card.split())
    assert "a logit for each of `feminine`, `masculine`, `androgynous`" in card
    assert "The three labels are the data's making" in " ".join(card.split())
    assert "Macro-F1 0.8123, Brier score 0.3000" in card
    assert not re.search(r"\bmale|ROC|exponent", card)


def test_further_heads_have_a_section_with_what_they_are_not_for(description: Description) -> None:
    share, apart = (Estimate(value=v, low=v - 0.1, high=v + 0.1, count=900) for v in (0.6, 0.45))
    measured = HeadEvaluation(
        data="my faces, split test",
        faces="cropped",
        pictures=900,
        overall=share,
        metrics={"ece": apart, "off_by_one_accuracy": share, "mean_absolute_error": apart},
        groups={"race": {"a|b": share, "c": share}},
    )
    ages = HeadSpec(
        name="age_group",
        labels=("0-2", "3-9", "More than 9"),
        kind="ordinal",
        output="head_age_group",
        calibration=TUNED,
        evaluation=measured,
    )
    card = render_model_card(description.model_copy(update={"heads": (description.head, ages)}))
    section = card[card.index("## Attributes") : card.index("## Doubt")]
    assert "Not for age verification" in section
    assert "not for deciding about a person" in " ".join(section.split())
    assert "Perceived age group, three labels, in this order: 0-2, 3-9 or More than 9." in section
    assert "**right 60.0% (50.0% – 70.0%)**" in section
    assert "| mean absolute error, in groups | 0.450 | 0.350 – 0.550 |" in section
    assert "| a\\|b | 60.0% |" in section
    assert section.index("right or off by one") < section.index("calibration error")
    unmeasured = ages.model_copy(update={"evaluation": None})
    heads = (description.head, unmeasured)
    assert "Not measured" in render_model_card(description.model_copy(update={"heads": heads}))


def test_without_further_heads_the_card_has_no_such_section(description: Description) -> None:
    alone = description.model_copy(update={"heads": (description.head,)})
    assert "## Attributes" not in render_model_card(alone)
