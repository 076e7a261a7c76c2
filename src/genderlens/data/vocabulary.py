"""The words that a data set has for the labels of a head.

A label stands for itself, in any case; further words are told (``--label WORD=label``). Anything
else is an error, because a stray word is never "the other label".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from genderlens.errors import UnknownLabelError
from genderlens.heads import Head
from genderlens.heads.default import GENDER

Names = Mapping[str, str]
"""A data set's own word → label."""


@dataclass(frozen=True)
class Vocabulary:
    """The labels of a head, and further words for them."""

    head: Head = GENDER
    names: Names = field(default_factory=dict)

    @cached_property
    def known(self) -> dict[str, str]:
        """Every word in lower case → its label; a told word goes before a label."""
        own = {normal_word(name): label for name, label in self.names.items()}
        return {normal_word(label): label for label in self.head.labels} | own

    def __contains__(self, word: str) -> bool:
        return normal_word(word) in self.known

    def is_told(self, value: object) -> bool:
        """Whether a word was given a meaning beside the labels."""
        return normal_word(value) in {normal_word(name) for name in self.names}

    def parse(self, value: object, where: str) -> str:
        """The label that a word stands for; UnknownLabelError for anything else."""
        label = self.known.get(normal_word(value))
        if label is None:
            meanings = " or ".join(f"--label '{value}={label}'" for label in self.head.labels)
            raise UnknownLabelError(
                f"unknown label {value!r} at {where}; known are {', '.join(sorted(self.known))}; "
                f"say what the word means: {meanings}"
            )
        return label

    def with_names(self, names: Names) -> Vocabulary:
        """The same labels with further words for them, which give way to those that it has."""
        fitting = {name: label for name, label in names.items() if label in self.head.labels}
        return Vocabulary(self.head, {**fitting, **self.names})


def normal_word(value: object) -> str:
    """A word as it is compared: lower case, without spaces around it."""
    return str(value).strip().lower()
