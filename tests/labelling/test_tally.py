from __future__ import annotations

from genderlens.labelling.tally import SAMPLES, Tally, sum_tallies
from genderlens.types import Outcome, Prediction
from made_answers import face_result


def answer(confidence: float) -> Prediction:
    face = face_result(confidence)
    return Prediction(Outcome.CLASSIFIED, 1, "m", (face, face))


def test_parts_add_up_to_the_whole() -> None:
    answers = [answer(0.5 + number / 60) for number in range(30)]
    answers += [Prediction(Outcome.UNREADABLE, 0, "m", (), "x", "truncated")] * 3
    whole, parts = Tally(), [Tally(), Tally()]
    for number, one in enumerate(answers):
        whole.count(str(number), one, "cpu")
        parts[number >= 20].count(str(number), one, "cpu")
    assert sum_tallies(part.to_dict() for part in parts).to_dict() == whole.to_dict()
    assert whole.faces == sum(whole.confidence) == 60
    assert whole.errors == {"truncated": 3}
    assert whole.samples["classified"] == [str(number) for number in range(SAMPLES)]


def test_confidence_of_one_is_in_the_last_bin() -> None:
    tally = Tally()
    tally.count("a", answer(1.0), "cpu")
    tally.count("b", answer(0.5), "cpu")
    assert (tally.confidence[0], tally.confidence[-1]) == (2, 2)
