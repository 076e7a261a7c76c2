"""Log lines on standard error: JSON for machines or text for people, one event each.

What clients send may end up in a message, so no line can be broken, coloured or forged by it: JSON
is ASCII with escapes, and text escapes whatever is not printable. Only commands call this; the
package itself configures nothing.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TextIO

from pythonjsonlogger.core import RESERVED_ATTRS, merge_record_extra
from pythonjsonlogger.json import JsonFormatter

from genderlens.settings import Settings

OURS: Final = ("genderlens", "uvicorn")
"""Loggers that follow the level of the settings. Others tell warnings and worse: what libraries
say below that may hold addresses, credentials and contents."""
_RESERVED: Final = frozenset({*RESERVED_ATTRS, "color_message"})
"""Attributes of a record that are no fields of the event; the last one is uvicorn's, in colour."""

Redact = Callable[[str], str]
Fields = Callable[[], Mapping[str, str]]


class StandardError(logging.StreamHandler[TextIO]):
    """Writes to what is standard error at the time, each line once it is redacted."""

    def __init__(self, redact: Redact, fields: Fields) -> None:
        logging.Handler.__init__(self)  # the stream is looked up below, not kept
        self._redact, self._fields = redact, fields

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr

    def handle(self, record: logging.LogRecord) -> bool:
        """Note what the context knows, such as the request, then write."""
        for name, value in self._fields().items():
            record.__dict__.setdefault(name, value)
        return super().handle(record)

    def format(self, record: logging.LogRecord) -> str:
        return self._redact(super().format(record))


class TextFormatter(logging.Formatter):
    """``TIME LEVEL LOGGER: MESSAGE name=value …``; a traceback follows, each line of it marked."""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        extra: dict[str, Any] = merge_record_extra(record, {}, reserved=_RESERVED)
        head = f"{time} {record.levelname} {record.name}: {record.getMessage()}"
        lines = [" ".join([_escaped(head), *(f"{k}={_value(v)}" for k, v in extra.items())])]
        if record.exc_info:
            trace = self.formatException(record.exc_info)
            lines += [f"  | {_escaped(line)}" for line in trace.split("\n")]
        return "\n".join(lines)


def create_formatter(form: str) -> logging.Formatter:
    """The formatter for ``json`` or ``text``."""
    if form == "text":
        return TextFormatter()
    return JsonFormatter(
        "%(levelname)s %(name)s %(message)s",
        rename_fields={"levelname": "level", "name": "logger"},
        reserved_attrs=sorted(_RESERVED),
        timestamp=True,
        json_ensure_ascii=True,
    )


def configure_logging(settings: Settings, *, redact: Redact = str, fields: Fields = dict) -> None:
    """Send log lines to standard error as the settings say; called again, it replaces itself.

    ``redact`` cuts secrets out of finished lines; ``fields`` are added to each event.
    """
    handler = StandardError(redact, fields)
    handler.setFormatter(create_formatter(settings.log_format or _fitting_format()))
    root = logging.getLogger()
    for former in [one for one in root.handlers if isinstance(one, StandardError)]:
        root.removeHandler(former)
    root.addHandler(handler)
    for name in OURS:
        logging.getLogger(name).setLevel(settings.log_level.upper())
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)  # it would tell raw paths


def _fitting_format() -> str:
    return "text" if sys.stderr.isatty() else "json"


def _escaped(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _value(value: object) -> str:
    """As JSON where it holds anything but plain words, so that no value looks like two."""
    text = str(value)
    plain = text.isprintable() and not set(text) & set(' "=\\')
    return text if plain and text else json.dumps(text)
