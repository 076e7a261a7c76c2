"""Pictures of this session and what the service said about them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import streamlit as st

from genderlens.errors import ServiceError
from genderlens.ui.client import Service
from genderlens.ui.words import is_about_picture

_KEPT: Final = "answers"


@dataclass(frozen=True, slots=True)
class UploadedPicture:
    """A file that was chosen, or a photo that was taken."""

    name: str
    content: bytes = field(repr=False)

    @property
    def identity(self) -> str:
        """Of the bytes."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class PhotoOptions:
    """What is to be done about several faces, and which further heads are asked."""

    faces: str
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one picture; ``failure`` where the service refused it.

    ``asked_for`` is what was to be done about several faces.
    """

    picture: UploadedPicture
    asked_for: str
    document: dict[str, Any]
    failure: ServiceError | None = None

    @property
    def faces(self) -> list[dict[str, Any]]:
        return list(self.document.get("faces") or [])

    @property
    def outcome(self) -> str:
        """Of the prediction, or the code of the problem."""
        code = self.failure.problem if self.failure else "unexpected"
        return str(self.document.get("outcome") or code)

    @property
    def was_seen(self) -> bool:
        """Whether the service could read the picture, so that it can be shown."""
        return self.outcome in {"classified", "uncertain", "no_person", "many_people"}


def ask_about(
    service: Service, pictures: Sequence[UploadedPicture], options: PhotoOptions, max_bytes: int
) -> tuple[list[Answer], ServiceError | None]:
    """An answer for each picture, kept from the last time where there was one.

    A failure that is not about the picture ends the asking; the answers so far come with it.
    """
    kept: dict[tuple[str, PhotoOptions], Answer] = st.session_state.get(_KEPT, {})
    answers: dict[tuple[str, PhotoOptions], Answer] = {}
    failure, bar = None, st.empty()
    for number, picture in enumerate(pictures):
        place = (picture.identity, options)
        bar.progress(number / len(pictures), f"{number} of {len(pictures)} pictures answered")
        try:
            answers[place] = kept.get(place) or _ask(service, picture, options, max_bytes)
        except ServiceError as error:
            failure = error
            break
    bar.empty()
    st.session_state[_KEPT] = answers
    return list(_in_order(pictures, options, answers)), failure


def _ask(
    service: Service, picture: UploadedPicture, options: PhotoOptions, max_bytes: int
) -> Answer:
    faces = options.faces
    if len(picture.content) > max_bytes:
        size, limit = len(picture.content) / 1e6, max_bytes / 1e6
        text = f"the file has {size:.1f} MB, the limit is {limit:.1f} MB"
        return Answer(picture, faces, {}, ServiceError(text, "body_too_large", status=413))
    try:
        told = service.predict(picture.name, picture.content, faces, options.attributes)
        return Answer(picture, faces, told)
    except ServiceError as error:
        if not is_about_picture(error):
            raise
        return Answer(picture, faces, error.document, error)


def _in_order(
    pictures: Sequence[UploadedPicture],
    options: PhotoOptions,
    answers: dict[tuple[str, PhotoOptions], Answer],
) -> Iterable[Answer]:
    """Under each picture's own name: the same bytes may have come under two."""
    for picture in pictures:
        answer = answers.get((picture.identity, options))
        if answer is not None:
            yield Answer(picture, options.faces, answer.document, answer.failure)
