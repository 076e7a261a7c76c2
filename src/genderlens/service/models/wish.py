"""What a request wants to know of its pictures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from genderlens.errors import SettingsError, UnknownAttributeError
from genderlens.heads import MOST_LABELS
from genderlens.types import FacePolicy

if TYPE_CHECKING:
    from genderlens.inference.predictor import Predictor

_MOST_LETTERS: Final = 40
"""More than any name of a head has; what is longer is cut and stays unknown."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to do about several faces, and which further heads to answer.

    None: as the settings of the service say.
    """

    faces: FacePolicy | None = None
    attributes: tuple[str, ...] | None = None

    def asking(self, attributes: tuple[str, ...] | None) -> Wish:
        """The same with these attributes; None leaves them as they are."""
        return self if attributes is None else replace(self, attributes=attributes)

    def require_known(self, predictor: Predictor) -> None:
        """UnknownAttributeError, with the near name, for what is no attribute of the model."""
        if self.attributes is None:
            return
        try:
            predictor.questions.select(self.attributes)
        except SettingsError as error:
            raise UnknownAttributeError(f"{error.message} ({predictor.version})") from None


NOTHING_SAID: Final = Wish()


def read_names(texts: Iterable[str]) -> tuple[str, ...]:
    """Names given one by one or separated by commas, each once.

    Raises UnknownAttributeError for more names than any model has.
    """
    parts = (part.strip()[:_MOST_LETTERS] for text in texts for part in text.split(","))
    names = tuple(dict.fromkeys(filter(None, parts)))
    if len(names) > MOST_LABELS:
        raise UnknownAttributeError(
            f"{len(names)} attributes are asked for; no model has more than {MOST_LABELS}"
        )
    return names
