"""Which output means which label: said by the source, by an option, or by labelled pictures."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from genderlens.errors import BundleError, SettingsError, did_you_mean
from genderlens.evaluation.figures.metrics import Proportion, proportion
from genderlens.importing.foreign import Facts, Floats, Order
from genderlens.importing.options import ImportOptions
from genderlens.types import LABELS, Label

WORDS: Final[Mapping[str, Label]] = {
    **dict.fromkeys(("female", "woman", "women", "f"), "female"),
    **dict.fromkeys(("male", "man", "men", "m"), "male"),
}
"""What models call their outputs, in lower case."""
_NUMBERED: Final = re.compile(r"(label|class)?[ _-]?\d+", re.IGNORECASE)

Said = Literal["file", "option", "pictures"]


@dataclass(frozen=True, slots=True)
class Decided:
    """The labels of outputs 0 and 1, and who said so."""

    order: Order
    by: Said
    agreement: Proportion | None


def decide_order(
    facts: Facts, options: ImportOptions, odds: Floats, labels: Sequence[Label]
) -> Decided:
    """The order of the labels, held against labelled pictures where there are any.

    ``odds`` are log-odds of output 1 for the pictures of ``labels``. Raises SettingsError for an
    unknown word, BundleError where nobody says the order or where the pictures contradict it.
    """
    named = _from_option(options) or _from_file(facts, options)
    if named is None:
        return _from_pictures(facts, odds, labels)
    order, by = named
    agreement = measure_agreement(order, odds, labels)
    if agreement is not None and agreement.high < 0.5:
        who = "--labels says" if by == "option" else f"{facts.name} says"
        raise BundleError(
            f"{facts.name} is inverted: {who} output 0 is {order[0]} and output 1 {order[1]}, but "
            f"on {agreement.count} labelled pictures it then gives their label in "
            f"{agreement.value:.0%} only; if the pictures are right, give "
            f"--labels {order[1]},{order[0]}"
        )
    return Decided(order, by, agreement)


def measure_agreement(order: Order, odds: Floats, labels: Sequence[Label]) -> Proportion | None:
    """On how many of the pictures the model gives their label; None without pictures.

    Of each label equally many count, so that a model which always says one thing agrees with half.
    """
    said = [order[int(value > 0)] for value in odds]
    hits = {
        label: [a == b for a, b in zip(said, labels, strict=True) if b == label] for label in LABELS
    }
    fewest = min(len(found) for found in hits.values())
    if not fewest:
        return None
    return proportion(sum(sum(found[:fewest]) for found in hits.values()), 2 * fewest)


def parse_words(words: Sequence[str], names: Mapping[str, Label], where: str) -> Order:
    """Two words as labels; SettingsError for an unknown one, or for one label twice."""
    if len(words) != 2:
        raise SettingsError(
            f"{where} gives {len(words)} words; write two: the label of output 0 and that of "
            "output 1, or of low and high values of a single output, as in --labels female,male"
        )
    known = {**WORDS, **{name.strip().lower(): label for name, label in names.items()}}
    first, second = (_parse(word, known, where) for word in words)
    if first == second:
        raise SettingsError(f"{where}: {words[0]!r} and {words[1]!r} are both {first}")
    return first, second


def _parse(word: str, known: Mapping[str, Label], where: str) -> Label:
    label = known.get(word.strip().lower())
    if label is None:
        raise SettingsError(
            f"{where}: {word!r} is no known label{did_you_mean(word, known)}; known are "
            f"{', '.join(known)}; say what another word means: --label '{word}=female'"
        )
    return label


def _from_option(options: ImportOptions) -> tuple[Order, Said] | None:
    if not options.labels:
        return None
    return parse_words(options.labels, options.words, "--labels"), "option"


def _from_file(facts: Facts, options: ImportOptions) -> tuple[Order, Said] | None:
    """None where its words are numbers: they say nothing."""
    if facts.order is not None:
        return facts.order, "file"
    words = facts.words
    if not words or all(_NUMBERED.fullmatch(word.strip()) for word in words):
        return None
    if len(words) == 1:
        word = words[0]
        known = {**WORDS, **{n.strip().lower(): label for n, label in options.words.items()}}
        high = _parse(word, known, facts.name)
        return ("female" if high == "male" else "male", high), "file"
    return parse_words(words, options.words, facts.name), "file"


def _from_pictures(facts: Facts, odds: Floats, labels: Sequence[Label]) -> Decided:
    way_out = (
        "give --labels, as in --labels female,male for output 0 and output 1 (or for low and high "
        "values of a single output)"
    )
    agreement = measure_agreement(("female", "male"), odds, labels)
    called = f", it calls its outputs {', '.join(facts.words)}" if facts.words else ""
    if agreement is None:
        raise BundleError(
            f"{facts.name} does not say which output is which label{called}, and that is not "
            f"guessed; {way_out}, or --data with labelled pictures"
        )
    if agreement.low > 0.5:
        return Decided(("female", "male"), "pictures", agreement)
    if agreement.high < 0.5:
        order: Order = ("male", "female")
        return Decided(order, "pictures", measure_agreement(order, odds, labels))
    raise BundleError(
        f"{facts.name} does not say which output is which label{called}, and {agreement.count} "
        f"labelled pictures do not tell: it agrees with either order on about half of them "
        f"({agreement.value:.0%}); {way_out}"
    )
