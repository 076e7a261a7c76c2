from __future__ import annotations

import re

import pytest

from genderlens import errors
from genderlens.errors import GenderlensError, MissingExtraError


def drawn_tree() -> list[tuple[str, str | None]]:
    """(class, parent) of each line of the drawing."""
    path: list[str] = []
    pairs: list[tuple[str, str | None]] = []
    for line in (errors.__doc__ or "").splitlines():
        match = re.fullmatch(r"([│├└─ ]*)(\w+Error)", line)
        if match:
            depth = len(match[1]) // 4
            path = [*path[:depth], match[2]]
            pairs.append((match[2], path[depth - 1] if depth else None))
    return pairs


def ours(root: type[GenderlensError]) -> list[type[GenderlensError]]:
    return [c for c in root.__subclasses__() if c.__module__.startswith(errors.__name__)]


def real_tree(
    root: type[GenderlensError] = GenderlensError, parent: str | None = None
) -> list[tuple[str, str | None]]:
    children = (pair for c in ours(root) for pair in real_tree(c, root.__name__))
    return [(root.__name__, parent), *children]


def all_errors(root: type[GenderlensError] = GenderlensError) -> list[type[GenderlensError]]:
    return [root, *(error for child in ours(root) for error in all_errors(child))]


def test_the_drawn_tree_is_the_real_one() -> None:
    assert drawn_tree() == real_tree()


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [error.code for error in all_errors()]
    assert len(codes) == len(set(codes))
    assert all("code" in vars(error) for error in all_errors())


@pytest.mark.parametrize("error", all_errors())
def test_codes_are_words_for_machines_and_docstrings_for_people(
    error: type[GenderlensError],
) -> None:
    assert re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", error.code)
    assert error.__doc__


def test_the_message_is_the_text_or_else_the_code() -> None:
    assert errors.DataError("broken").message == "broken"
    assert errors.DataError().message == "invalid_data"


def test_a_missing_extra_says_how_to_install_it() -> None:
    message = MissingExtraError("train", "training").message
    assert message.startswith("training needs the extra 'train'")
    assert message.endswith("pip install 'genderlens[train]'")


def test_every_error_says_how_a_request_and_a_command_end() -> None:
    for error in errors.list_errors():
        assert 400 <= error.http_status < 600, error
        assert errors.ExitCode.UNEXPECTED < error.exit_code < 64, error


def test_a_class_takes_over_what_it_does_not_state() -> None:
    class Closer(errors.TruncatedImageError):
        """More special than the tree."""

    assert Closer("x").exit_code == errors.ExitCode.PICTURES
    assert Closer("x").http_status == 422
    assert errors.ManifestError("x").exit_code == errors.DataError("x").exit_code == 4
    assert Closer not in errors.list_errors()
