"""The root of the tree, and errors of installation, settings and stores."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from http import HTTPStatus
from typing import Any, ClassVar


class ExitCode(IntEnum):
    """What a command ends with; ``docs/reference`` lists the codes for users."""

    OK = 0
    UNEXPECTED = 1
    USAGE = 2
    PICTURES = 3
    DATA = 4
    BUNDLE = 5
    DETECTOR = 6
    MISSING_EXTRA = 7
    TRAINING = 8
    SERVICE = 9
    RULE_BROKEN = 10
    """A rule of ``evaluate --fail-if`` does not hold."""
    REGISTRY = 11
    PROMOTION = 12
    """The gates refuse a promotion."""
    JOBS = 13
    START = 14
    """The service cannot start."""


class GenderlensError(Exception):
    """Root of the tree; never raised itself."""

    code: ClassVar[str] = "error"
    http_status: ClassVar[int] = HTTPStatus.INTERNAL_SERVER_ERROR
    exit_code: ClassVar[int] = ExitCode.UNEXPECTED

    @property
    def message(self) -> str:
        return str(self.args[0]) if self.args else self.code

    @property
    def fields(self) -> Mapping[str, Any]:
        """What a machine may want to know beside the message."""
        return {}


class SettingsError(GenderlensError):
    """A setting has a value that cannot work."""

    code = "invalid_setting"
    exit_code = ExitCode.USAGE


class StartError(GenderlensError):
    """The service cannot start, for its address is taken or something of it failed."""

    code = "service_not_started"
    exit_code = ExitCode.START


class MissingExtraError(GenderlensError):
    """An optional part of the package is not installed."""

    code = "missing_extra"
    http_status = HTTPStatus.NOT_IMPLEMENTED
    exit_code = ExitCode.MISSING_EXTRA

    def __init__(self, extra: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs the extra '{extra}', which is not installed; "
            f"install it with: pip install 'genderlens[{extra}]'"
        )


class DetectorError(GenderlensError):
    """A detector failed; nothing may be concluded about who is in the picture."""

    code = "detector_failed"
    exit_code = ExitCode.DETECTOR


class DatabaseError(GenderlensError):
    """The database of keys and history is out of reach, or its schema is not ours."""

    code = "database_unavailable"
    http_status = HTTPStatus.SERVICE_UNAVAILABLE
    exit_code = ExitCode.DATA


class UnknownKeyError(GenderlensError):
    """No usable API key has the given id."""

    code = "unknown_key"
    http_status = HTTPStatus.NOT_FOUND
    exit_code = ExitCode.USAGE
