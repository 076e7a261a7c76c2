"""The same words and figures in both pages."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from genderlens.errors import ServiceError
from genderlens.ui.views.classify import FACES
from genderlens.ui.words import LEANS_BELOW, RESPONSIBLE, TITLE, UNCERTAIN, advise, headline

WORDS = Path(__file__).parents[2] / "web" / "src" / "words"
ADVICE = re.compile(r"(\w+): \{\s*title: \"([^\"]+)\",\s*next: \"([^\"]+)\"")
OF_ITS_OWN = {
    "many_people",  # the page asks on the card, here it is chosen above
    "invalid_key",  # the field for the key lies elsewhere
    "unreachable",  # whoever starts this page may start the service
    "body_too_large",  # the page makes smaller copies
    "too_many_pixels",
    "request_timeout",
}


@cache
def catalogue() -> str:
    """The sentences of the React page, in one line."""
    return " ".join((WORDS / "en.ts").read_text("utf-8").split())


def advice_of_the_page() -> dict[str, tuple[str, str]]:
    """Title and next step by code."""
    found = ADVICE.findall(catalogue().partition("advice: {")[2])
    return {code: (title, step) for code, title, step in found}


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        (0.603, "Leans male, 60.3 % sure"),
        (0.7999, "Leans male, 80.0 % sure"),
        (0.8, "Looks male, 80.0 % sure"),
    ],
)
def test_a_weak_answer_leans(confidence: float, words: str) -> None:
    assert headline("male", confidence) == words


@pytest.mark.parametrize(("verb", "confidence"), [("leans", 0.6), ("looks", 0.9)])
def test_both_pages_say_an_answer_alike(verb: str, confidence: float) -> None:
    form = rf"{verb}: \(label: string, share: number\) => `([^`]*)`"
    found = re.search(form, catalogue())
    assert found is not None
    words = found[1].replace("${label}", "male")
    said = words.replace("${percent(share)}", f"{100 * confidence:.1f} %")
    assert headline("male", confidence) == said


def test_both_pages_draw_the_line_at_the_same_place() -> None:
    found = re.search(r"LEANS_BELOW = ([\d.]+)", (WORDS / "verdict.ts").read_text("utf-8"))
    assert found is not None
    assert float(found[1]) == LEANS_BELOW


def test_both_pages_give_the_same_advice() -> None:
    page = advice_of_the_page()
    assert page["uncertain"] == (UNCERTAIN.title, UNCERTAIN.next)
    here = {code: advise(ServiceError("", code, status=400)) for code in page}
    known = {code: advice for code, advice in here.items() if advice.title != "Not answered"}
    assert len(known) > 10
    assert {code: page[code][0] for code in known} == {
        code: advice.title for code, advice in known.items()
    }
    alike = set(known) - OF_ITS_OWN
    assert {code: page[code][1] for code in alike} == {code: known[code].next for code in alike}


def test_both_pages_ask_the_same_question_and_say_what_an_answer_means() -> None:
    assert f'title: "{TITLE}"' in catalogue()
    meaning = re.search(r'meaning: "([^"]+)"', catalogue())
    assert meaning is not None
    assert RESPONSIBLE.startswith(meaning[1])
    for policy in ("largest", "all"):
        assert f'{policy}: "{FACES[policy]}"' in catalogue()
