"""The further heads while training: their labels as numbers, and where they lie in the outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genderlens.data.manifest import Manifest
from genderlens.data.vocabulary import normal_word
from genderlens.errors import ManifestError
from genderlens.heads import Head, HeadKind
from genderlens.recipe import HeadRecipe, Recipe


@dataclass(frozen=True)
class ClassIndex:
    """The classes of one further head in their order, and the column that holds them.

    ``strict``: a word of the column that is none of the classes is an error, not an unknown class.
    """

    attribute: str
    classes: tuple[str, ...]
    kind: HeadKind = "categorical"
    column: str | None = None
    strict: bool = False

    @classmethod
    def of(cls, manifest: Manifest, name: str, told: HeadRecipe | None = None) -> ClassIndex:
        """As a recipe tells it; without labels of its own, the sorted words of the column."""
        told = told or HeadRecipe(ship=False)
        column = told.column or name
        if not told.labels:
            values = {value for value in manifest.column(column) if value is not None}
            return cls(name, tuple(sorted(values)), column=column)
        return cls(name, told.labels, told.head(name).kind, column, strict=True)

    @property
    def width(self) -> int:
        """How many logits it has: one if it is binary, else one for each class."""
        return 1 if self.kind == "binary" else len(self.classes)

    def encode(self, manifest: Manifest) -> NDArray[np.int64]:
        """The number of each row's class, -1 where it is unknown.

        Raises ManifestError for a stray word where the index is strict.
        """
        index = {name: i for i, name in enumerate(self.classes)}
        if self.strict:
            index |= {normal_word(name): i for name, i in index.items()}
        column = manifest.column(self.column or self.attribute)
        found = [_number(word, index) for word in column]
        for row, (word, code) in enumerate(zip(column, found, strict=True)):
            if self.strict and word is not None and code < 0:
                raise ManifestError(
                    f"{manifest.uris[row]} has {self.attribute} {word!r}; known are "
                    f"{', '.join(self.classes)}: mend the column {self.column!r}, or the labels "
                    f"of heads.{self.attribute}"
                )
        return np.asarray(found, dtype=np.int64)


def _number(word: str | None, index: Mapping[str, int]) -> int:
    if word is None:
        return -1
    return index.get(word, index.get(normal_word(word), -1))


def list_further(recipe: Recipe, manifest: Manifest) -> list[ClassIndex]:
    """The further heads of a recipe, in the order of the network's outputs."""
    return [ClassIndex.of(manifest, name, head) for name, head in recipe.further_heads.items()]


def count_outputs(head: Head, further: Sequence[ClassIndex]) -> int:
    """How many logits a network has while it is taught."""
    return head.width + sum(index.width for index in further)


def shipped_outputs(recipe: Recipe, further: Sequence[ClassIndex]) -> list[int]:
    """Which of those logits stay: the answer's, and those of further heads that ship."""
    told, kept, start = recipe.further_heads, [*range(recipe.head.width)], recipe.head.width
    for index in further:
        if told[index.attribute].ship:
            kept += range(start, start + index.width)
        start += index.width
    return kept
