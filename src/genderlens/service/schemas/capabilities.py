"""The shapes of what an installation can do, and of what a key may."""

from __future__ import annotations

from pydantic import BaseModel, Field

from genderlens.service.schemas.heads import HeadAnswer
from genderlens.types import Scope


class Capabilities(BaseModel):
    """What this installation offers to whoever may ask for it."""

    keys_needed: bool = Field(description="Whether requests need an API key.")
    history: bool = Field(description="Answers are kept, without pictures.")
    feedback: bool = Field(description="Answers can be corrected; needs history and samples.")
    samples: bool = Field(description="Labelled pictures are taken for training.")
    training: bool = Field(description="There is something that a retraining may use.")
    promotion: bool = Field(
        description="There are labelled pictures to hold versions against before a promotion."
    )
    heat_maps: bool = Field(description="The model that answers can show what it looked at.")
    private_mode: bool = Field(description="The model that answers can run in a browser.")
    heads: list[HeadAnswer] = Field(
        description="What the model answers: first *the* answer, then its attributes, which "
        "`attributes` asks for by name; empty before it is loaded."
    )
    formats: list[str] = Field(description="Of pictures, in lower case, such as `jpeg`.")
    max_body_bytes: int = Field(description="Of one request with one picture.")
    max_pixels: int = Field(description="Of one picture, decoded.")


class KeyCapabilities(BaseModel):
    """What the key of this request may do; without keys, everything."""

    scopes: list[Scope]
    training_sources: list[str] = Field(
        description="What a retraining may use, by name; empty without the scope `train`."
    )
    recipes: list[str] = Field(
        description="How a retraining may train, the usual one first; empty without `train`."
    )
