"""What the answers of a head are, and what they are not for."""

from __future__ import annotations

from typing import Final

from genderlens.heads import Head, head_title
from genderlens.heads.default import GENDER
from genderlens.html import Html, text

_GENDER: Final = Html(
    "The model tells how a picture <em>looks</em>: the gender presentation that annotators "
    "perceived and wrote down, learned from their labels. It does not tell who somebody is. "
    "It knows two words because the data was made with two; people are more than that, and "
    "annotators err. A figure below says how often the model agrees with the annotators on these "
    "pictures, and nothing about other pictures or about a person’s identity."
)
_ANY: Final = (
    "The model tells how a picture <em>looks</em>: the word that annotators would write down, "
    "learned from their labels. It does not tell who somebody is. It knows {count} words, {words}, "
    "because the data was made with them; people are more than that, and annotators err. A figure "
    "below says how often the model agrees with the annotators on these pictures, and nothing "
    "about other pictures or about a person’s identity."
)


def what_it_says(head: Head) -> Html:
    """A paragraph about a model whose first head this is."""
    if head.labels == GENDER.labels:
        return _GENDER
    words = ", ".join(f"‘{text(label)}’" for label in head.labels)
    return Html(_ANY.format(count=len(head.labels), words=words))


def what_it_is_not_for(head: Head) -> str:
    """Of a further head: what it tells and what it must not be used for."""
    age = " Not for age verification." if "age" in head.name.split("_") else ""
    return (
        f"How a picture looks, in the annotators’ words for the {head_title(head.name)}; nothing "
        f"that is known about the person.{age} Not for deciding about a person; for statistics "
        "over many pictures, read with the intervals below."
    )
