"""The heads of a recipe: what a network is taught to answer, *the* answer first."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from genderlens.heads import Head, HeadKind
from genderlens.recipe.strict import Strict


class HeadRecipe(Strict):
    """One question: its words, where they stand in the data, and what it weighs in the loss."""

    labels: tuple[str, ...] = ()
    """In their order, of which the second of a binary head is the positive one. Without any they
    are the words of the column, which only a head that is not shipped may leave open."""
    kind: HeadKind | None = None
    """``binary``, ``categorical`` or ``ordinal``; unset: binary of two labels, else categorical."""
    column: str | None = None
    """The column of the labels; unset: the head's name, of the first head also ``label``."""
    weight: float = Field(1.0, gt=0)
    """Of its loss."""
    distance: float = Field(0.0, ge=0)
    """Of ordinal heads: what the expected distance from the label weighs beside cross-entropy, as a
    share of the whole range."""
    ship: bool = True
    """Whether the bundle answers it; others teach and are dropped before the export."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.ship and not self.labels:
            raise ValueError("a head that ships needs labels; write them, or ship: false")
        if self.distance and self.kind != "ordinal":
            raise ValueError("distance is for heads of kind ordinal")
        return self

    def head(self, name: str, labels: tuple[str, ...] = (), *, output: str | None = None) -> Head:
        """The head of that name; ``labels`` are those found in the data, where it has none itself.

        Raises ValueError where name, labels and kind do not fit.
        """
        words = self.labels or labels
        kind = self.kind or ("binary" if len(words) == 2 and self.ship else "categorical")
        return Head(name, words, kind, output or f"head_{name}")
