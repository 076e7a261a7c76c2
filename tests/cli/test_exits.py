"""Both tables know every error."""

from __future__ import annotations

from genderlens import errors
from genderlens.cli.exits import EXIT_CODES, exit_code
from genderlens.service.errors import STATUS


def leaves(kind: type[errors.GenderlensError]) -> set[type[errors.GenderlensError]]:
    below = kind.__subclasses__()
    return set().union(*map(leaves, below)) if below else {kind}


def test_every_leaf_stands_in_both_tables() -> None:
    assert leaves(errors.GenderlensError) <= set(EXIT_CODES)
    assert leaves(errors.GenderlensError) <= set(STATUS)
    assert set(EXIT_CODES) == set(STATUS)


def test_codes_are_distinct_and_never_success() -> None:
    assert all(1 < code < 64 for code in EXIT_CODES.values())


def test_the_nearest_ancestor_decides() -> None:
    class Closer(errors.TruncatedImageError):
        """More special than the table."""

    assert exit_code(Closer("x")) == 3
    assert exit_code(errors.ManifestError("x")) == exit_code(errors.DataError("x")) == 4
    assert exit_code(errors.ImageError("x")) == 1
