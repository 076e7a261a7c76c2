"""What each figure of a head is called and what it means."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from genderlens.evaluation.figures.names import label_figure
from genderlens.evaluation.figures.scores import score_name
from genderlens.heads import Head

PLAIN_NUMBERS: Final = ("log_loss", "brier", "ece", "aurc", "mean_absolute_error")
"""Figures that are no shares."""
_TITLES: Final = {
    "roc": "ROC",
    "auc": "AUC",
    "f1": "F1",
    "ece": "ECE",
    "brier": "Brier score",
    "aurc": "area under risk–coverage",
    "mean_absolute_error": "mean absolute error, in groups",
    "off_by_one_accuracy": "right or off by one",
}
_RECALL: Final = "among pictures labelled {0}, those that got ‘{0}’"
_LABEL_FIGURES: Final = ("precision", "recall", "f1")


def figure_title(name: str) -> str:
    """``roc_auc`` as people write it."""
    words = name.split("_")
    return _TITLES.get(name) or " ".join(_TITLES.get(word, word) for word in words)


def figure_meanings(head: Head) -> dict[str, str]:
    """Name → meaning of every figure that the report lists, in that order.

    Those of single labels only where there are two; of more labels they have a table of their own.
    """
    mean = "both" if len(head.labels) == 2 else "all"
    return {
        "accuracy": "answers whose likelier label is the annotators’, uncertain ones included",
        "accuracy_when_certain": "the same among the classified alone",
        **(_ORDINAL if head.kind == "ordinal" else {}),
        "balanced_accuracy": _balanced(head),
        **_label_meanings(
            head, "precision", "among answers ‘{0}’, those that annotators labelled {0}"
        ),
        "precision_macro": f"mean of {mean} precisions",
        **_label_meanings(head, "recall", _RECALL),
        "recall_macro": f"mean of {mean} recalls",
        **_label_meanings(head, "f1", "precision and recall of ‘{0}’ in one number"),
        "f1_macro": f"mean of {mean} F1",
        **_score_meanings(head),
        "ece": "mean gap between confidence and accuracy; lower is better",
        "aurc": "mean error as the model answers from the surest picture on; lower is better",
        "abstention_rate": "answers withheld as uncertain, among pictures with a face result",
        "refusal_rate": "pictures without a face result, among all",
        "coverage": "pictures that got a label, among all",
    }


def label_columns(head: Head) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Of more than two labels: each label with the names of its precision, recall and F1."""
    if len(head.labels) == 2:
        return ()
    return [
        (label, tuple(label_figure(figure, label) for figure in _LABEL_FIGURES))
        for label in head.labels
    ]


_ORDINAL: Final = {
    "off_by_one_accuracy": "answers that are the annotators’ label or the one before or after it",
    "mean_absolute_error": "how many labels answers lie from the annotators’; lower is better",
}


def _balanced(head: Head) -> str:
    mean = "both recalls" if len(head.labels) == 2 else "the recalls of all labels"
    return f"mean of {mean}, so that the commoner label counts no more"


def _label_meanings(head: Head, figure: str, words: str) -> dict[str, str]:
    if len(head.labels) > 2:
        return {}
    return {label_figure(figure, label): words.format(label) for label in head.labels}


def _score_meanings(head: Head) -> dict[str, str]:
    loss = "how surprised the model is by the labels; lower is better"
    if not head.is_binary:
        distance = "squared distance of all probabilities from the label, 0 to 2; lower is better"
        return {"log_loss": loss, "brier": distance}
    area = "area under the precision–recall curve of ‘{}’"
    precision = {
        score_name(f"average_precision_{kind}", head): area.format(label)
        for kind, label in zip(("negative", "positive"), head.labels, strict=True)
    }
    return {
        "roc_auc": f"chance that a picture labelled {head.positive} scores higher than one "
        f"labelled {head.negative}",
        **precision,
        "log_loss": loss,
        "brier": "mean squared distance of the probability from the label; lower is better",
    }
