"""Results as a data frame."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from genderlens.library.result import COLUMNS, Result

if TYPE_CHECKING:
    import pandas


def to_frame(results: Iterable[Result]) -> pandas.DataFrame:
    """One row a face, columns as in COLUMNS; ModuleNotFoundError where pandas is not installed."""
    try:
        import pandas
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "a data frame needs pandas; install it: pip install pandas; or use to_rows()"
        ) from error
    rows = [row for result in results for row in result.to_rows()]
    return pandas.DataFrame(rows, columns=list(COLUMNS))
