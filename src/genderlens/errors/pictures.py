"""Errors of single pictures."""

from __future__ import annotations

from http import HTTPStatus

from genderlens.errors.base import ExitCode, GenderlensError


class ImageError(GenderlensError):
    """A picture that cannot be used; predictions report it as ``unreadable``."""

    code = "unreadable_image"
    http_status = HTTPStatus.UNPROCESSABLE_ENTITY
    exit_code = ExitCode.PICTURES


class UnsupportedFormatError(ImageError):
    """The bytes are not one of the allowed picture formats."""

    code = "unsupported_format"
    http_status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class TruncatedImageError(ImageError):
    """The file ends before its picture does."""

    code = "truncated"


class CorruptImageError(ImageError):
    """The header is fine, the content is not."""

    code = "corrupt_image"


class ImageTooLargeError(ImageError):
    """The header announces more pixels than the limit."""

    code = "too_many_pixels"
    http_status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class ImageTooSmallError(ImageError):
    """A side is shorter than anything that could hold a face."""

    code = "too_small"
