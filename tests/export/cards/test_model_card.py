"""What the card says comes from the description."""

from __future__ import annotations

import re

import pytest

from genderlens.bundle import CalibrationSpec, Description, ThresholdSpec, load_bundle
from genderlens.export.cards.model_card import render_model_card

ONE_PERCENT = ThresholdSpec(target_error=0.01, abstain_below=0.9582, coverage=0.7028, error=0.0089)
TUNED = CalibrationSpec(
    temperature=0.952, abstain_below=0.55, exponent=1.279, thresholds=(ONE_PERCENT,), count=1605
)


@pytest.fixture
def description() -> Description:
    return load_bundle().description.with_calibration(TUNED)


def test_the_sections_of_a_model_card(description: Description) -> None:
    card = render_model_card(description)
    assert re.findall(r"^## (.*)$", card, re.MULTILINE) == [
        "Model details",
        "Intended use",
        "Factors",
        "Metrics",
        "Measured accuracy",
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
    plain = description.with_calibration(load_bundle().description.calibration)
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
