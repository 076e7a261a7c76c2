"""Which output means which label: said by the source, by an option, or by labelled pictures."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from genderlens.data.default_words import MODEL_WORDS
from genderlens.errors import BundleError, SettingsError, did_you_mean
from genderlens.evaluation.figures.metrics import proportion
from genderlens.heads import Head
from genderlens.heads.default import GENDER
from genderlens.importing.foreign import Facts, ForeignScores, Order
from genderlens.importing.options import ImportOptions
from genderlens.types import Estimate

_NUMBERED: Final = re.compile(r"(label|class)?[ _-]?\d+", re.IGNORECASE)
_EXAMPLE: Final = ",".join(GENDER.labels)

Said = Literal["file", "option", "pictures"]


@dataclass(frozen=True, slots=True)
class Named:
    """The labels of the outputs in their order, the head that they make, and who said so."""

    head: Head
    order: Order
    by: Said


@dataclass(frozen=True, slots=True)
class Decided:
    """The same, and on how many labelled pictures it holds, where there were any."""

    head: Head
    order: Order
    by: Said
    agreement: Estimate | None


def name_head(facts: Facts, options: ImportOptions) -> Named | None:
    """What an option or the source says; None where nobody says it, or it says numbers only.

    Raises SettingsError for words that cannot be labels.
    """
    if facts.bundle is not None:
        return Named(facts.bundle.head, facts.bundle.head.labels, "file")
    if options.labels:
        order = parse_words(options.labels, options.words, "--labels")
        return Named(head_of(order, options.head), order, "option")
    if facts.order is not None:
        return Named(head_of(facts.order, options.head), facts.order, "file")
    words = facts.words
    if not words or all(_NUMBERED.fullmatch(word.strip()) for word in words):
        return None
    if len(words) == 1:
        order = _from_high(words[0], options.words, facts.name)
    else:
        order = parse_words(words, options.words, facts.name)
    return Named(head_of(order, options.head), order, "file")


def decide_order(
    named: Named | None, facts: Facts, scores: ForeignScores, labels: Sequence[str]
) -> Decided:
    """The order of the labels, held against labelled pictures where there are any.

    ``scores`` are for the pictures of ``labels``. Raises SettingsError where words and outputs
    differ in number, BundleError where nobody says the order or where the pictures contradict it.
    """
    if named is None:
        return _from_pictures(facts, scores, labels)
    outputs = max(2, scores.outputs)
    if len(named.order) != outputs:
        raise SettingsError(
            f"{facts.name} has {scores.outputs} outputs and {len(named.order)} words for them "
            f"({', '.join(named.order)}); give {outputs} with --labels"
        )
    agreement = measure_agreement(named.order, scores, labels)
    if agreement is not None and agreement.high < 1.0 / outputs:
        raise BundleError(_contradicted(named, facts, agreement))
    return Decided(named.head, named.order, named.by, agreement)


def measure_agreement(
    order: Order, scores: ForeignScores, labels: Sequence[str]
) -> Estimate | None:
    """On how many of the pictures the model gives their label; None without pictures.

    Of each label equally many count, so that a model which always says one thing agrees with as
    much as guessing does.
    """
    said = [order[place] for place in scores.likeliest().tolist()]
    hits = {
        label: [a == b for a, b in zip(said, labels, strict=True) if b == label] for label in order
    }
    fewest = min(len(found) for found in hits.values())
    if not fewest:
        return None
    return proportion(sum(sum(found[:fewest]) for found in hits.values()), len(order) * fewest)


def parse_words(words: Sequence[str], names: Mapping[str, str], where: str) -> Order:
    """Words for outputs as labels, each once; ``names`` say what further words mean.

    Two words that models use for the labels of the default head become those; words of one's own
    stay as they are. SettingsError for one of each, for a single word, or for one label twice.
    """
    if len(words) < 2:
        raise SettingsError(
            f"{where} gives {len(words)} words; write one for each output, or those of low and "
            f"high values of a single output, as in --labels {_EXAMPLE}"
        )
    told = {name.strip().lower(): label for name, label in names.items()}
    usual = MODEL_WORDS if len(words) == 2 else {}
    known = {**usual, **told}
    found = [known.get(word.strip().lower()) for word in words]
    if any(found) and len(words) == 2:
        order = tuple(_parse(word, known, where) for word in words)
    else:
        order = tuple(label or word.strip() for word, label in zip(words, found, strict=True))
    for place, label in enumerate(order):
        if label in order[:place]:
            other = words[order.index(label)]
            raise SettingsError(f"{where}: {other!r} and {words[place]!r} are both {label}")
    return order


def head_of(order: Order, name: str | None = None) -> Head:
    """The head that answers with these labels; SettingsError where they cannot be labels."""
    if set(order) == set(GENDER.labels) and name in (None, GENDER.name):
        return GENDER
    kind: Literal["binary", "categorical"] = "binary" if len(order) == 2 else "categorical"
    try:
        return Head(name or "label", order, kind)
    except ValueError as error:
        raise SettingsError(f"the outputs cannot be told apart: {error}") from error


def _from_high(word: str, names: Mapping[str, str], where: str) -> Order:
    """The order of a single output, of which the high end is named."""
    known = {**MODEL_WORDS, **{name.strip().lower(): label for name, label in names.items()}}
    high = _parse(word, known, where)
    low = next((label for label in GENDER.labels if label != high), "")
    return low, high


def _parse(word: str, known: Mapping[str, str], where: str) -> str:
    label = known.get(word.strip().lower())
    if label is None:
        raise SettingsError(
            f"{where}: {word!r} is no known label{did_you_mean(word, known)}; known are "
            f"{', '.join(known)}; say what another word means: --label '{word}={GENDER.labels[0]}'"
        )
    return label


def _contradicted(named: Named, facts: Facts, agreement: Estimate) -> str:
    order, who = named.order, "--labels says" if named.by == "option" else f"{facts.name} says"
    held = (
        f"but on {agreement.count} labelled pictures it then gives their label in "
        f"{agreement.value:.0%} only"
    )
    if len(order) > 2:
        return (
            f"{facts.name} answers otherwise: {who} its outputs are {', '.join(order)}, {held}; "
            "if the pictures are right, give the labels in another order with --labels"
        )
    return (
        f"{facts.name} is inverted: {who} output 0 is {order[0]} and output 1 {order[1]}, {held}; "
        f"if the pictures are right, give --labels {order[1]},{order[0]}"
    )


def _from_pictures(facts: Facts, scores: ForeignScores, labels: Sequence[str]) -> Decided:
    """Of the default head alone: two labels have two orders, more have too many to try."""
    called = f", it calls its outputs {', '.join(facts.words)}" if facts.words else ""
    unsaid = f"{facts.name} does not say which output is which label{called}"
    if scores.outputs > 2:
        raise BundleError(
            f"{unsaid}, and that is not guessed; give --labels with {scores.outputs} words, in the "
            "order of its outputs"
        )
    way_out = (
        f"give --labels, as in --labels {_EXAMPLE} for output 0 and output 1 (or for low and high "
        "values of a single output)"
    )
    usual: Order = GENDER.labels
    turned: Order = usual[::-1]
    agreement = measure_agreement(usual, scores, labels)
    if agreement is None:
        raise BundleError(
            f"{unsaid}, and that is not guessed; {way_out}, or --data with labelled pictures"
        )
    if agreement.low > 0.5:
        return Decided(GENDER, usual, "pictures", agreement)
    if agreement.high < 0.5:
        against = measure_agreement(turned, scores, labels)
        return Decided(GENDER, turned, "pictures", against)
    raise BundleError(
        f"{unsaid}, and {agreement.count} labelled pictures do not tell: it agrees with either "
        f"order on about half of them ({agreement.value:.0%}); {way_out}"
    )
