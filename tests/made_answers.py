"""Made-up answers for tests: a face's result from a probability, by any head."""

from __future__ import annotations

import math
from collections.abc import Sequence

from genderlens.heads import Head, select_heads
from genderlens.heads.default import GENDER
from genderlens.types import Box, FaceResult, HeadAnswer, Outcome

WORDS = Head("style", ("feminine", "masculine", "androgynous"), "categorical")
"""A head of three made-up words."""
AGES = Head("age_group", ("child", "adult", "old"), "ordinal", "head_age_group")


def head_answer(shares: Sequence[float], head: Head, outcome: Outcome) -> HeadAnswer:
    """What a head says with these probabilities, in the order of its labels."""
    logs = [math.log(max(share, 1e-9)) for share in shares]
    logits = (logs[1] - logs[0],) if head.is_binary else tuple(logs)
    return HeadAnswer(head, outcome, logits, tuple(shares))


def face_result(
    positive: float = 0.9,
    outcome: Outcome = Outcome.CLASSIFIED,
    *,
    box: Box | None = None,
    score: float | None = None,
    attributes: Sequence[HeadAnswer] = (),
) -> FaceResult:
    """A face of the default head whose positive label has this probability."""
    answer = head_answer((1.0 - positive, positive), GENDER, outcome)
    return FaceResult(answer, box, score, attributes=tuple(attributes))


class DefaultQuestions:
    """The questions of a stand-in for a predictor: the default head alone."""

    heads = (GENDER,)
    head = GENDER

    def select(self, attributes: Sequence[str] | None = None) -> tuple[Head, ...]:
        return (GENDER, *select_heads((), attributes or ()))
