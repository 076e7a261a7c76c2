"""Traces as a collector gets them, and none where none are asked for."""

from __future__ import annotations

import builtins
import subprocess
import sys
import time
from typing import Any

import pytest

from databases import free_port
from genderlens.errors import MissingExtraError, SettingsError
from genderlens.service.app import create_app
from genderlens.service.middleware.tracing import NoTracing, create_tracing
from genderlens.settings import load_settings
from service.collector import collecting
from service.serving import fake_app, open_predictor, warm_client

KEY = f"gl_{'0' * 12}_{'1' * 64}"


def _texts(span: Any) -> dict[str, str]:
    return {one.key: one.value.string_value for one in span.attributes}


def test_a_request_is_a_span_with_its_stages_below(portrait: bytes) -> None:
    with collecting() as collector:
        app = create_app(load_settings(otlp_endpoint=collector.address + "/"))
        with warm_client(app) as client:
            answer = client.post(
                "/predict",
                files={"file": ("a.jpg", portrait)},
                headers={"X-Request-ID": "r-7", "traceparent": f"00-{'a' * 32}-{'b' * 16}-01"},
            )
            assert answer.status_code == 200
    assert set(collector.paths) == {"/v1/traces"}
    assert collector.attributes()["service.name"] == "genderlens"
    spans = {span.name: span for span in collector.spans}
    assert set(spans) == {"POST /predict", "queue", "decode", "detect", "classify"}
    server = spans.pop("POST /predict")
    assert _texts(server)["genderlens.request_id"] == "r-7"
    assert server.trace_id.hex() == "a" * 32
    assert server.parent_span_id.hex() == "b" * 16
    end = server.start_time_unix_nano
    for span in (spans[name] for name in ("queue", "decode", "detect", "classify")):
        assert span.parent_span_id == server.span_id
        assert span.trace_id == server.trace_id
        assert end - 1_000_000 <= span.start_time_unix_nano <= span.end_time_unix_nano
        end = span.end_time_unix_nano
    assert end <= server.end_time_unix_nano + 1_000_000


def test_spans_hold_no_query_address_or_key_and_log_lines_name_the_trace(
    caplog: pytest.LogCaptureFixture,
) -> None:
    traced = {}

    def note(_: bytes) -> Any:
        from genderlens.service.middleware.request_facts import log_fields

        traced.update(log_fields())
        return open_predictor().answer(b"")

    with collecting() as collector:
        app = fake_app(open_predictor(note), otlp_endpoint=collector.address)
        with warm_client(app) as client:
            headers = {"User-Agent": "curious/1", "X-API-Key": KEY}
            query = {"model": "fake-1", "api_key": KEY}
            files = {"file": ("name.jpg", b"pixels")}
            answer = client.post("/predict", params=query, files=files, headers=headers)
            assert answer.json()["model_version"] == "fake-1"
            client.get(f"/{KEY}", headers={"X-Forwarded-For": "192.0.2.7"})
    sent = b"".join(collector.bodies)
    for never in (b"1" * 64, b"api_key", b"curious", b"192.0.2.7", b"testclient", b"name.jpg"):
        assert never not in sent
    server = next(span for span in collector.spans if span.name == "POST /predict")
    assert traced["trace_id"] == server.trace_id.hex()
    assert traced["span_id"] == server.span_id.hex()


def test_a_collector_that_is_down_costs_nothing() -> None:
    app = fake_app(open_predictor(), otlp_endpoint=f"http://127.0.0.1:{free_port()}")
    with warm_client(app) as client:
        for _ in range(20):
            start = time.perf_counter()
            assert client.post("/predict", files={"file": ("a", b"x")}).status_code == 200
            assert time.perf_counter() - start < 2.0
        start = time.perf_counter()
    assert time.perf_counter() - start < 10.0


def test_without_the_extra_the_start_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *arguments: Any) -> Any:
        if name.startswith("opentelemetry"):
            raise ModuleNotFoundError(name)
        return real(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", missing)
    monkeypatch.delitem(sys.modules, "genderlens.service.telemetry.otlp", raising=False)
    with pytest.raises(MissingExtraError, match=r"genderlens\[telemetry\]"):
        create_app(load_settings(otlp_endpoint="http://127.0.0.1:4318"))


def test_unset_it_imports_nothing() -> None:
    assert isinstance(create_tracing(load_settings()), NoTracing)
    program = (
        "import sys; from genderlens.service.app import create_app; "
        "from genderlens.settings import load_settings; create_app(load_settings()); "
        "heavy = ('opentelemetry.sdk', 'opentelemetry.exporter', 'opentelemetry.instrumentation'); "
        "sys.exit(any(name.startswith(heavy) for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=60).returncode == 0


def test_the_standard_variable_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "")
    assert load_settings().otlp_endpoint is None
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318")
    assert load_settings().otlp_endpoint == "http://collector:4318"
    monkeypatch.setenv("GENDERLENS_OTLP_ENDPOINT", "http://ours:4318")
    assert load_settings().otlp_endpoint == "http://ours:4318"
    with pytest.raises(SettingsError, match="GENDERLENS_OTLP_ENDPOINT='collector:4318'"):
        load_settings(otlp_endpoint="collector:4318")
