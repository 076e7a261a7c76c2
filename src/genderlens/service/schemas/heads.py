"""The shapes of the questions that a model answers."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field

from genderlens.heads import Head, HeadKind
from genderlens.service.schemas import compatibility


class HeadAnswer(BaseModel):
    """One question that a model answers, and the words of its answers."""

    model_config = ConfigDict(json_schema_extra={"examples": [compatibility.HEAD]})

    name: str
    labels: list[str] = Field(
        description="In the model's order; those of an `ordinal` head lie in a row."
    )
    kind: HeadKind


def describe_heads(heads: Iterable[Head]) -> list[HeadAnswer]:
    """The heads of a model, *the* answer first; further ones are its attributes."""
    return [HeadAnswer.model_validate(head.to_dict()) for head in heads]
