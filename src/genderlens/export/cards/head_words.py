"""A head in the words of a card."""

from __future__ import annotations

from typing import Final

from genderlens.bundle import HeadSpec
from genderlens.export.cards.markdown import cell
from genderlens.heads import head_title
from genderlens.heads.default import GENDER

_NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def subject(head: HeadSpec) -> str:
    """What the labels are about, as annotators saw it."""
    return "perceived gender presentation" if head.name == GENDER.name else perceived(head)


def perceived(head: HeadSpec) -> str:
    """``perceived age group``."""
    return f"perceived {head_title(head.name)}"


def label_words(head: HeadSpec) -> str:
    """``a, b or c``; of two labels the positive one first."""
    words = [cell(label) for label in head.labels]
    if head.kind == "binary":
        words.reverse()
    return f"{', '.join(words[:-1])} or {words[-1]}"


def label_count(head: HeadSpec) -> str:
    """How many labels there are, in a word up to nine."""
    count = len(head.labels)
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def logit_words(head: HeadSpec) -> str:
    """What the graph answers."""
    if head.kind == "binary":
        return f"one logit, the log-odds of `{cell(head.labels[-1])}`"
    each = ", ".join(f"`{cell(label)}`" for label in head.labels)
    return f"a logit for each of {each}"
