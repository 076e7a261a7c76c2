"""The answers for many pictures, made when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, overload

from genderlens.library.result import Result

if TYPE_CHECKING:
    import pandas


class Results(Iterator[Result]):
    """A lazy iterator of results that also can be counted and indexed.

    ``for result in predictor(folder)`` answers one picture at a time and keeps none of the answers
    that it handed out. An index, ``len`` or ``to_pandas`` makes what is missing and keeps it.
    """

    def __init__(self, answers: Iterator[Result], total: int | None = None) -> None:
        """``total``: how many there are, where that is known beforehand."""
        self._answers, self._total = answers, total
        self._kept: list[Result] | None = None
        self._next = 0

    def __iter__(self) -> Iterator[Result]:
        if self._kept is not None:
            return iter(self._kept)
        return self

    def __next__(self) -> Result:
        if self._kept is not None:
            if self._next >= len(self._kept):
                raise StopIteration
            self._next += 1
            return self._kept[self._next - 1]
        self._next += 1
        return next(self._answers)

    def __len__(self) -> int:
        if self._kept is None and self._total is not None:
            return self._total
        return len(self.all())

    def __bool__(self) -> bool:
        return len(self) > 0

    @overload
    def __getitem__(self, index: int) -> Result: ...

    @overload
    def __getitem__(self, index: slice) -> list[Result]: ...

    def __getitem__(self, index: int | slice) -> Result | list[Result]:
        return self.all()[index]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (Results, list)):
            return NotImplemented
        return self.all() == (other.all() if isinstance(other, Results) else other)

    __hash__ = None  # type: ignore[assignment]  # as that of a list

    def __reduce__(self) -> tuple[Any, ...]:
        """All of them are made for it."""
        return _kept, (self.all(),)

    def __repr__(self) -> str:
        many = "?" if self._kept is None and self._total is None else str(len(self))
        return f"<Results of {many} pictures>"

    def all(self) -> list[Result]:
        """Every result; RuntimeError where some were handed out already and are gone."""
        if self._kept is None:
            if self._next:
                raise RuntimeError(
                    f"{self._next} of these results were handed out already and not kept; "
                    "take them all first: results = list(predictor(…))"
                )
            self._kept = list(self._answers)
        return self._kept

    def to_pandas(self) -> pandas.DataFrame:
        """One row a face; see Result.to_rows."""
        from genderlens.library.frames import to_frame

        return to_frame(self)


def _kept(results: list[Result]) -> Results:
    return Results(iter(results), len(results))
