"""Answers as columns of the Open Inference Protocol, named by the labels of the model's heads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Final

from genderlens.heads import Head, column_word
from genderlens.service.tensors import Columns
from genderlens.types import FaceResult, HeadAnswer, Prediction

_DIGITS: Final = 6


def picture_columns(
    answers: Sequence[Prediction], head: Head, attributes: Iterable[str]
) -> Columns:
    """Of the first face of each picture; ``answer`` is the whole of it as JSON.

    ``head`` names the columns where no picture has a face, ``attributes`` are those asked for.
    """
    firsts = [answer.faces[0] if answer.faces else None for answer in answers]
    head = next((face.answer.head for face in firsts if face), head)
    return {
        "prediction": ("BYTES", [answer.prediction or "" for answer in answers]),
        "outcome": ("BYTES", [answer.outcome.value for answer in answers]),
        "confidence": ("FP32", [round(answer.confidence, _DIGITS) for answer in answers]),
        **_share_columns([face.answer if face else None for face in firsts], head),
        **_attribute_columns(firsts, attributes),
        "answer": ("BYTES", [json.dumps(answer.to_dict()) for answer in answers]),
    }


def face_columns(results: Sequence[FaceResult], head: Head) -> Columns:
    """Of face crops: the logits as well, one of a binary head, else one for each label."""
    answers = [result.answer for result in results]
    names = ["logit"] if head.is_binary else [f"logit_{column_word(one)}" for one in head.labels]
    logits: Columns = {
        name: ("FP32", [answer.logits[at] for answer in answers]) for at, name in enumerate(names)
    }
    return {
        **logits,
        **_share_columns(answers, head),
        "prediction": ("BYTES", [result.prediction or "" for result in results]),
        "outcome": ("BYTES", [result.outcome.value for result in results]),
        "confidence": ("FP32", [round(result.confidence, _DIGITS) for result in results]),
        **_attribute_columns(results, ()),
    }


def _share_columns(answers: Sequence[HeadAnswer | None], head: Head) -> Columns:
    """Of a binary head the positive label's alone; 0 where there is no face."""
    labels = head.labels[-1:] if head.is_binary else head.labels
    shares = [answer.probabilities if answer else {} for answer in answers]
    return {
        name: ("FP32", [share.get(label, 0.0) for share in shares])
        for name, label in zip(head.probability_columns, labels, strict=True)
    }


def _attribute_columns(faces: Sequence[FaceResult | None], asked: Iterable[str]) -> Columns:
    told = [{one.head.name: one for one in face.attributes} if face else {} for face in faces]
    columns: dict[str, tuple[str, Sequence[str | float]]] = {}
    for name in dict.fromkeys([*asked, *(name for one in told for name in one)]):
        found = [one.get(name) for one in told]
        words = [(answer.prediction if answer else None) or "" for answer in found]
        shares = [round(answer.confidence, _DIGITS) if answer else 0.0 for answer in found]
        columns |= {name: ("BYTES", words), f"{name}_confidence": ("FP32", shares)}
    return columns
