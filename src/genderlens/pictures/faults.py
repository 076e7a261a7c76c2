"""What is said of a damaged picture, whatever its format."""

from __future__ import annotations

from genderlens.errors import CorruptImageError, TruncatedImageError


def truncated() -> TruncatedImageError:
    """The error of a file that is cut short."""
    return TruncatedImageError("the file ends before its picture does; transfer it again, whole")


def corrupt(reason: str) -> CorruptImageError:
    """The error of a file that is damaged."""
    return CorruptImageError(
        f"the picture cannot be decoded ({reason}); save it again from its source"
    )
