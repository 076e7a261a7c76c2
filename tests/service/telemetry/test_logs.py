from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from genderlens.service.telemetry.logs import StandardError, configure_logging
from genderlens.settings import load_settings

HOSTILE = "a\r\nb\x1b[31mred\x9b0m\u2028c\x00 {} %s"


@pytest.fixture(autouse=True)
def restore() -> Iterator[None]:
    yield
    root = logging.getLogger()
    for handler in [one for one in root.handlers if isinstance(one, StandardError)]:
        root.removeHandler(handler)


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def events(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines(capsys)]


def test_json_holds_message_level_logger_time_and_fields(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging(load_settings(log_format="json"), fields=lambda: {"request_id": "r1"})
    extra = {"status": 200, "color_message": "\x1b[1mcoloured\x1b[0m"}
    logging.getLogger("uvicorn.error").info("on %d", 80, extra=extra)
    (event,) = events(capsys)
    assert event.pop("timestamp").endswith("+00:00")
    assert event == {
        "level": "INFO",
        "logger": "uvicorn.error",
        "message": "on 80",
        "status": 200,
        "request_id": "r1",
    }


def test_what_clients_send_cannot_break_colour_or_forge_a_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for form in ("json", "text"):
        configure_logging(load_settings(log_format=form))
        logging.getLogger("genderlens").warning("got %s", HOSTILE, extra={"name_sent": HOSTILE})
        written = capsys.readouterr().err
        assert written.count("\n") == 1
        assert all(c.isprintable() for c in written.rstrip("\n"))
        if form == "json":
            assert json.loads(written)["name_sent"] == HOSTILE


def test_a_traceback_cannot_forge_a_line_either(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise ValueError("no\n2026-11-21T00:00:00.000+00:00 INFO genderlens: all is well\x1b[2J")

    configure_logging(load_settings(log_format="text"))
    try:
        fail()
    except ValueError:
        logging.getLogger("genderlens").exception("failed")
    first, *others = lines(capsys)
    assert first.endswith("ERROR genderlens: failed")
    assert others
    assert all(line.startswith("  | ") for line in others)
    assert "\x1b" not in "".join(others)


def test_text_is_one_line_of_words_and_quoted_values(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(load_settings(log_format="text"))
    extra = {"status": 200, "reason": "two words", "code": 'x" status=500'}
    logging.getLogger("genderlens.access").info("GET / 200", extra=extra)
    (line,) = lines(capsys)
    assert line.endswith(
        r'INFO genderlens.access: GET / 200 status=200 reason="two words" code="x\" status=500"'
    )


def test_secrets_are_cut_out_of_fields_and_tracebacks(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(
        load_settings(log_format="json"), redact=lambda text: text.replace("secret", "…")
    )
    try:
        raise ValueError("secret in an error")
    except ValueError:
        logging.getLogger("genderlens").exception("secret %s", "secret", extra={"at": "secret"})
    assert "secret" not in capsys.readouterr().err


def test_levels_are_ours_and_libraries_stay_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(load_settings(log_format="json", log_level="DEBUG"))
    logging.getLogger("genderlens.x").debug("ours")
    logging.getLogger("botocore").info("theirs")
    logging.getLogger("botocore").warning("worse")
    assert [event["message"] for event in events(capsys)] == ["ours", "worse"]
    configure_logging(load_settings(log_format="json", log_level="warning"))
    logging.getLogger("genderlens.x").info("ours")
    assert not lines(capsys)


def test_twice_configured_tells_once(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        configure_logging(load_settings(log_format="json"))
    logging.getLogger("genderlens").error("once")
    assert len(events(capsys)) == 1


@pytest.mark.parametrize("terminal", [True, False])
def test_people_read_terminals_and_machines_the_rest(
    terminal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: terminal)
    monkeypatch.setattr(sys, "stderr", stream)
    configure_logging(load_settings())
    logging.getLogger("genderlens").error("told")
    assert stream.getvalue().startswith("{") is not terminal
