"""Heads: the questions that a model answers, each with its words.

The first head of a bundle is *the* answer; further ones are attributes, given where asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from genderlens.errors import SettingsError, did_you_mean

HeadKind = Literal["binary", "categorical", "ordinal"]
NAME_PATTERN: Final = r"^[a-z][a-z0-9_]{0,31}$"
"""Of a head's name, which becomes part of column names."""
MOST_LABELS: Final = 64
MOST_LABEL_LENGTH: Final = 40


@dataclass(frozen=True, slots=True)
class Head:
    """One question: a name, the words of its answers, and how the graph gives them.

    ``binary``: two labels, one logit, the log-odds of the second, ``positive`` one.
    ``categorical``: a logit for each label, softmax. ``ordinal``: the same, labels in an order.
    ``output`` is the name of the graph's output, N×1 or N×labels.
    """

    name: str
    labels: tuple[str, ...]
    kind: HeadKind = "binary"
    output: str = "logit"

    def __post_init__(self) -> None:
        fault = _fault(self)
        if fault:
            raise ValueError(f"head {self.name!r}: {fault}")

    @property
    def is_binary(self) -> bool:
        """Whether one logit decides between two labels."""
        return self.kind == "binary"

    @property
    def positive(self) -> str:
        """The label whose log-odds a binary head's logit is; of other kinds, the last label."""
        return self.labels[-1]

    @property
    def negative(self) -> str:
        """The other label of a binary head."""
        return self.labels[0]

    @property
    def width(self) -> int:
        """How many logits a face gets."""
        return 1 if self.is_binary else len(self.labels)

    @property
    def probability_columns(self) -> tuple[str, ...]:
        """The columns of a predictions table that hold its probabilities as the first head.

        Of a binary head the positive label's alone.
        """
        return self.share_columns[-1:] if self.is_binary else self.share_columns

    @property
    def share_columns(self) -> tuple[str, ...]:
        """A column for the probability of each label, in their order."""
        return tuple(f"probability_{column_word(label)}" for label in self.labels)

    def index(self, label: str) -> int:
        """The number of a label; SettingsError for a word that is none, with the near one."""
        if label not in self.labels:
            raise SettingsError(unknown_label(label, self.labels, f" of head {self.name!r}"))
        return self.labels.index(label)

    def to_dict(self) -> dict[str, Any]:
        """Name, labels and kind, as files and answers hold them."""
        return {"name": self.name, "labels": list(self.labels), "kind": self.kind}


def unknown_label(word: str, labels: Iterable[str], of: str = "") -> str:
    """What is said of a word that is none of the labels, with the near one."""
    known = tuple(dict.fromkeys(labels))
    said = word[:MOST_LABEL_LENGTH]
    return f"{said!r} is no label{of}; give one of {', '.join(known)}{did_you_mean(said, known)}"


def head_title(name: str) -> str:
    """A head's name as people write it: ``age_group`` is ``age group``."""
    return name.replace("_", " ")


def column_word(label: str) -> str:
    """A label as part of a column's name: folded case, all but letters and digits ``_``.

    Letters of any alphabet stay.
    """
    return re.sub(r"[\W_]+", "_", label.casefold()).strip("_") or "label"


def select_heads(heads: Sequence[Head], names: Iterable[str]) -> tuple[Head, ...]:
    """The heads of these names, in the order asked, each once.

    Raises SettingsError for a name that there is none of, with the near one.
    """
    known = {head.name: head for head in heads}
    wanted = tuple(dict.fromkeys(names))
    for name in wanted:
        if name not in known:
            told = ", ".join(known) or "none"
            near = did_you_mean(name, list(known))
            raise SettingsError(f"the model has no attribute {name!r}; it has {told}{near}")
    return tuple(known[name] for name in wanted)


def _fault(head: Head) -> str:
    labels, words = head.labels, [column_word(label) for label in head.labels]
    if not re.fullmatch(NAME_PATTERN, head.name):
        return "a name has 1 to 32 lower-case letters, digits or '_' and begins with a letter"
    if not 2 <= len(labels) <= MOST_LABELS or (head.is_binary and len(labels) != 2):
        wanted = "2 labels" if head.is_binary else f"2 to {MOST_LABELS} labels"
        return f"{head.kind} heads have {wanted}, not {len(labels)}"
    if len(set(words)) < len(words):
        return f"labels {', '.join(labels)} are not different words"
    bad = [one for one in labels if not one.strip() or len(one) > MOST_LABEL_LENGTH]
    bad += [one for one in labels if not one.isprintable()]
    if bad:
        return f"{bad[0]!r} is no label: 1 to {MOST_LABEL_LENGTH} printable letters"
    paths = [one for one in labels if "/" in one or "\\" in one or one.startswith(".")]
    return f"{paths[0]!r} is no label: folders are named by labels" if paths else ""
