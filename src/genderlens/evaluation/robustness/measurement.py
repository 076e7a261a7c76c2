"""How a served system fares on pictures made worse step by step.

Encoded pictures go in and predictions come out, so whatever answers in earnest is what is measured:
decoding, detection, gate, classifier and threshold together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Final, Protocol

from genderlens.evaluation.figures.metrics import proportion
from genderlens.evaluation.robustness.corruptions import CORRUPTIONS, steps
from genderlens.evaluation.robustness.subjects import Subject
from genderlens.types import Estimate, Outcome, Prediction

Answer = Callable[[bytes], Prediction]
"""The system under test: encoded bytes of one picture to its answer."""
_Answered = tuple[str, list[Prediction]]

CLEAN: Final = "as it is"


class Spread(Protocol):
    """``map`` of one iterable, or one that works in threads and keeps the order."""

    def __call__(
        self, function: Callable[[Subject], _Answered], items: Iterable[Subject], /
    ) -> Iterator[_Answered]: ...


@dataclass
class StepTally:
    """Counts of the answers at one step; ``confidence`` is a sum over those with a face result.

    ``compared`` are the pictures that have a face result as they are and at this step.
    """

    pictures: int = 0
    answered: int = 0
    right: int = 0
    uncertain: int = 0
    confidence: float = 0.0
    compared: int = 0
    changed: int = 0

    def add(self, answer: Prediction, label: str, clean: Prediction) -> None:
        """Count one answer; an uncertain one is judged by its likelier label, a refusal is not."""
        self.pictures += 1
        if not answer.faces:
            return
        likelier = _likelier(answer)
        if clean.faces:
            self.compared += 1
            self.changed += likelier != _likelier(clean)
        self.answered += 1
        self.right += likelier == label
        self.uncertain += answer.outcome is Outcome.UNCERTAIN
        self.confidence += answer.confidence


@dataclass(frozen=True)
class Step:
    """What was measured at one level of one corruption.

    ``accuracy`` is over pictures with a face result, ``abstained`` the uncertain among them,
    ``refused`` over all; ``confidence`` is their mean, None where every picture was refused.
    """

    corruption: str
    level: float | None
    caption: str
    accuracy: Estimate
    abstained: Estimate
    refused: Estimate
    changed: Estimate
    """Those with another likelier label than as they are, among those with a face both times."""
    confidence: float | None

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return asdict(self)


def measure_robustness(answer: Answer, subjects: Iterable[Subject], spread: Spread) -> list[Step]:
    """The table: the pictures as they are, then every corruption from mild to severe.

    ``spread`` maps over the subjects in order, in threads if it likes. Memory does not grow with
    their number.
    """
    clean = StepTally()
    worse = {(corruption.name, level): StepTally() for corruption, level in steps()}
    for label, answers in spread(partial(_answer_each, answer), subjects):
        for tally, found in zip((clean, *worse.values()), answers, strict=True):
            tally.add(found, label, answers[0])
    rows = [_step(name, level, tally) for (name, level), tally in worse.items()]
    return [_step(CLEAN, None, clean), *rows]


def _answer_each(answer: Answer, subject: Subject) -> _Answered:
    contents = (subject.encode(corruption, level) for corruption, level in steps())
    return subject.label, [answer(content) for content in (subject.content, *contents)]


def _likelier(answer: Prediction) -> str:
    return answer.faces[0].answer.likelier


def _step(name: str, level: float | None, tally: StepTally) -> Step:
    return Step(
        corruption=name,
        level=level,
        caption="" if level is None else CORRUPTIONS[name].caption(level),
        accuracy=proportion(tally.right, tally.answered),
        abstained=proportion(tally.uncertain, tally.answered),
        refused=proportion(tally.pictures - tally.answered, tally.pictures),
        changed=proportion(tally.changed, tally.compared),
        confidence=tally.confidence / tally.answered if tally.answered else None,
    )
