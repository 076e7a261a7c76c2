from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from genderlens.history.identifiers import create_id, first_id, is_id


def test_identifiers_are_version_7_and_sort_by_time() -> None:
    made = [create_id(milliseconds) for milliseconds in (0, 1, 1_700_000_000_000, 2**48 - 1)]
    assert made == sorted(made)
    assert {uuid.UUID(one).version for one in made} == {7}
    assert {uuid.UUID(one).variant for one in made} == {uuid.RFC_4122}


def test_identifiers_of_one_moment_differ() -> None:
    assert len({create_id(1) for _ in range(1000)}) == 1000


def test_the_first_of_a_moment_divides_before_from_after() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    before = create_id(int((moment - timedelta(milliseconds=1)).timestamp() * 1000))
    after = create_id(int(moment.timestamp() * 1000))
    assert before < first_id(moment) <= after
    assert first_id(datetime(1, 1, 1, tzinfo=UTC)) == first_id(datetime(1970, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("text", ["", "x", "' OR 1=1 --", "A" * 36, f"{{{create_id(1)}}}"], ids=len)
def test_other_texts_are_no_identifiers(text: str) -> None:
    assert not is_id(text)
    assert not is_id(create_id().upper())
    assert is_id(create_id())
