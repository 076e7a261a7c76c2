"""What figures are called: those of one label are built from the head's own words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeVar

from genderlens.heads import Head, column_word

Value = TypeVar("Value")
MEAN: Final = "macro"
"""Ends the name of a mean over the labels."""
MOST_RECALLS: Final = 4
"""Up to so many labels every group shows the recall of each; more would hide the rest."""


def label_figure(figure: str, label: str) -> str:
    """``recall`` of the label ``More than 70`` is ``recall_more_than_70``."""
    word = column_word(label)
    return f"{figure}_{word}_" if word == MEAN else f"{figure}_{word}"


def per_label(
    figure: str, head: Head, values: Iterable[Value], mean: Value | None = None
) -> dict[str, Value]:
    """The figure of each label by name, with their mean where one is given."""
    found = {
        label_figure(figure, label): value for label, value in zip(head.labels, values, strict=True)
    }
    return found if mean is None else {**found, f"{figure}_{MEAN}": mean}


def group_rates(head: Head) -> tuple[str, ...]:
    """The shares that are told of every group."""
    near = ("off_by_one_accuracy",) if head.kind == "ordinal" else ()
    few = head.labels if len(head.labels) <= MOST_RECALLS else ()
    recalls = (label_figure("recall", label) for label in few)
    return ("accuracy", *near, *recalls, "abstention_rate", "refusal_rate")
