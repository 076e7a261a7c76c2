"""What outcomes and failures mean, and what to do next, in plain words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from genderlens.errors import ServiceError


@dataclass(frozen=True, slots=True)
class Advice:
    """``retry``: whether asking once more may help."""

    title: str
    next: str
    retry: bool = False


UNCERTAIN: Final = Advice(
    "Uncertain",
    "The face is too close to call for this model. A larger, sharper, frontal photo may help; "
    "else take the doubt for an answer.",
)
_ADVICE: Final = {
    "no_person": Advice(
        "No face found",
        "No face is large and clear enough. Use a photo in which one face is well lit and fills a "
        "good part of the picture.",
    ),
    "many_people": Advice(
        "Several people",
        "Several prominent faces are in view. Crop the photo to one of them, or choose above what "
        "to do with several people.",
    ),
    "unsupported_format": Advice(
        "Not a picture",
        "It is in no format that is taken here. Save it as JPEG or PNG; HEIC photos of phones, "
        "too.",
    ),
    "truncated": Advice(
        "File cut short", "The file ends before its picture does. Copy or download it again."
    ),
    "corrupt_image": Advice("Damaged file", "Save the picture again from its source."),
    "too_many_pixels": Advice("Too large", "The picture has too many pixels. Scale it down."),
    "body_too_large": Advice("Too large", "The file is too large. Save it smaller."),
    "too_small": Advice("Too small", "The picture is too small to hold a face. Use a larger one."),
    "label_conflict": Advice(
        "Labelled otherwise before", "The pool holds this picture with the other label."
    ),
    "pool_full": Advice("The sample pool is full", "Ask the operator to raise its limit."),
    "rate_limited": Advice(
        "Too many at once",
        "The service limits how often it may be asked. Wait a moment, then try again.",
        retry=True,
    ),
    "overloaded": Advice(
        "Service busy", "Too many pictures are waiting. Try again in a moment.", retry=True
    ),
    "not_ready": Advice(
        "Service starting", "The model is still being loaded. Try again in a moment.", retry=True
    ),
    "timeout": Advice(
        "No answer in time",
        "The service is busy or far away. Try again, or send a smaller picture.",
        retry=True,
    ),
    "request_timeout": Advice(
        "Too slow", "The upload took too long. Try again, or send a smaller picture.", retry=True
    ),
    "unreachable": Advice(
        "No answer",
        "Start it with `genderlens serve`, or give its address as `genderlens ui --api URL`; then "
        "try again.",
        retry=True,
    ),
    "not_genderlens": Advice(
        "Something else answers there",
        "Give the address of the service as `genderlens ui --api URL`.",
        retry=True,
    ),
    "invalid_key": Advice(
        "API key needed",
        "Enter a key that this service knows in the field at the side; `genderlens keys create` "
        "makes one.",
        retry=True,
    ),
    "forbidden": Advice(
        "Not allowed", "This API key may not do that. Ask the operator for one that may."
    ),
    "turned_off": Advice("Turned off", "The operator of the service did not turn this on."),
    "database_unavailable": Advice(
        "Database down", "The service cannot reach its database. Try again later.", retry=True
    ),
    "internal_error": Advice(
        "The service failed",
        "The error was logged there. Try again; if it stays, tell the operator.",
        retry=True,
    ),
    "detector_failed": Advice(
        "The service failed",
        "Its face detector failed on this picture. Try again, or use another picture.",
        retry=True,
    ),
    "promotion_refused": Advice(
        "The gates do not hold", "The version stays out of production; the table says why."
    ),
}  # fmt: skip
_ABOUT_A_PICTURE: Final = frozenset({400, 409, 413, 415, 422})
TITLE: Final = "How does the face in a photo look to a model?"
RESPONSIBLE: Final = (
    "An answer is an impression of how a face looks to a model trained on annotators’ labels, not "
    "anybody’s identity, and no ground to decide about a person. It is wrong more often for "
    "children and older people, for small, blurred or turned faces, and not equally often for "
    "people of every origin: the page *About* says for whom."
)


ATTRIBUTE_LIMITS: Final = (
    "A further estimate is how a face looks to the model, and often wrong. It proves nobody’s age: "
    "do not admit, refuse or sort anybody by it."
)


def advise(failure: ServiceError) -> Advice:
    """Advice on a failure; what is unknown is said in the service's own words."""
    known = _ADVICE.get(failure.problem)
    return known or Advice("Not answered", escape(failure.message), retry=True)


def is_about_picture(failure: ServiceError) -> bool:
    """Whether another picture may fare better; else nothing is to be had from the service now."""
    return failure.status in _ABOUT_A_PICTURE


def escape(text: str) -> str:
    """Text that Markdown leaves as it is, on one line: names of files are no mark-up."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~$:&^=\"'@/])", r"\\\1", plain)


def spoken(name: str) -> str:
    """``worst_group_accuracy`` as `worst group accuracy`."""
    return name.replace("_", " ").replace("roc auc", "ROC AUC").replace("ece", "ECE")


def listed(words: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


LEANS_BELOW: Final = 0.8
"""Less sure than this, a face only leans to a side; the page says the same."""


def headline(label: str, confidence: float) -> str:
    """`Looks LABEL, 97.0 % sure`, or `Leans LABEL, 60.3 % sure` for a weak answer."""
    verb = "Leans" if confidence < LEANS_BELOW else "Looks"
    return f"{verb} {label}, {percent(confidence)} sure"


def percent(share: float) -> str:
    """0.9345 → 93.5 %."""
    return f"{100 * share:.1f} %"
