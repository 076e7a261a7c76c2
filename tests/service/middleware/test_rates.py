from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest
from starlette.testclient import TestClient

from databases import Server, free_port, serve_redis
from genderlens.errors import RateLimitedError, SettingsError
from genderlens.service.middleware import rates as rates_module
from genderlens.service.middleware.auth import Principal
from genderlens.service.middleware.rates import Rates, parse_rate
from genderlens.service.telemetry.metrics import Metrics
from genderlens.settings import load_settings
from service.keyed import callers
from service.serving import assert_problem, fake_app, open_predictor, warm_client


@pytest.fixture(scope="module")
def redis() -> Iterator[Server]:
    with serve_redis() as server:
        yield server


@asynccontextmanager
async def counting(**settings: Any) -> AsyncIterator[Rates]:
    rates = Rates(load_settings(**settings), Metrics())
    yield rates
    await rates.close()


def url(port: int) -> str:
    return f"redis://127.0.0.1:{port}/0"


@pytest.mark.parametrize("text", ["often", "0/minute", "", "10", "1/second; DROP", "-1/hour"])
def test_what_is_no_rate(text: str) -> None:
    with pytest.raises(SettingsError, match="is no rate"):
        parse_rate(text)


def test_rates() -> None:
    assert parse_rate("off") == ()
    assert [str(one) for one in parse_rate("3/minute;9/hour")] == ["3 per 1 minute", "9 per 1 hour"]


def test_nothing_is_counted_where_the_service_is_open() -> None:
    async def run() -> None:
        async with counting() as rates:
            assert await rates.charge(Principal(address="1.2.3.4")) == {}
        async with counting(auth="keys") as rates:
            policy = (await rates.charge(Principal("k")))["RateLimit-Policy"]
            assert policy == '"600-per-60s";q=600;w=60'

    anyio.run(run)


@pytest.mark.parametrize("place", ["memory", "redis"])
def test_the_limit_is_reached(place: str, request: pytest.FixtureRequest) -> None:
    at = {"rate_limit_url": url(request.getfixturevalue("redis").port)} if place == "redis" else {}

    async def run() -> None:
        async with counting(rate_limit="3/minute;100/hour", **at) as rates:
            one, other = Principal(f"one-{place}"), Principal(f"other-{place}")
            left = [(await rates.charge(one))["RateLimit"] for _ in range(3)]
            assert [entry.split(";")[1] for entry in left] == ["r=2", "r=1", "r=0"]
            with pytest.raises(RateLimitedError) as caught:
                await rates.charge(one)
            assert 1 <= int(caught.value.headers["Retry-After"]) <= 60
            assert ";r=0;" in caught.value.headers["RateLimit"]
            assert '"100-per-3600s";q=100;w=3600' in caught.value.headers["RateLimit-Policy"]
            await rates.charge(other)
            with pytest.raises(RateLimitedError):
                await rates.charge(other, cost=4)
            assert not rates.degraded

    anyio.run(run)


def test_a_limit_ends() -> None:
    async def run() -> None:
        async with counting(rate_limit="2/second") as rates:
            await rates.charge(Principal("k"), cost=2)
            with pytest.raises(RateLimitedError):
                await rates.charge(Principal("k"))
            await anyio.sleep(2.1)
            await rates.charge(Principal("k"))

    anyio.run(run)


def test_services_that_share_a_redis_count_together(redis: Server) -> None:
    async def run() -> None:
        settings = {"rate_limit": "2/minute", "rate_limit_url": url(redis.port)}
        async with counting(**settings) as first, counting(**settings) as second:
            await first.charge(Principal("shared"))
            await second.charge(Principal("shared"))
            with pytest.raises(RateLimitedError):
                await first.charge(Principal("shared"))

    anyio.run(run)


def test_while_redis_is_down_each_service_counts_by_itself() -> None:
    async def run() -> None:
        settings = {"rate_limit": "2/minute", "rate_limit_url": url(free_port())}
        async with counting(**settings) as rates:
            await rates.charge(Principal("k"))
            assert rates.degraded
            start = time.perf_counter()
            await rates.charge(Principal("k"))
            with pytest.raises(RateLimitedError):
                await rates.charge(Principal("k"))
            assert time.perf_counter() - start < 0.1, "Redis must be left alone for a while"

    anyio.run(run)


def test_redis_is_used_again_once_it_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates_module, "RETRY_S", 0.05)

    async def run(server: Server) -> None:
        settings = {"rate_limit": "9/minute", "rate_limit_url": url(server.port)}
        async with counting(**settings) as rates:
            await rates.charge(Principal("k"))
            assert not rates.degraded
            server.stop()
            await rates.charge(Principal("k"))
            assert rates.degraded
            server.start()
            await anyio.sleep(0.1)
            await rates.charge(Principal("k"))
            assert not rates.degraded

    with serve_redis() as server:
        anyio.run(run, server)


@pytest.mark.parametrize("address", ["http://x", "redis:/x", "memcached://x"])
def test_other_places_are_refused(address: str) -> None:
    with pytest.raises(SettingsError, match="GENDERLENS_RATE_LIMIT_URL"):
        Rates(load_settings(rate_limit_url=address), Metrics())


def predict(client: TestClient) -> Any:
    return client.post("/predict", files={"file": ("a.jpg", b"a")})


def test_over_http() -> None:
    with warm_client(fake_app(open_predictor(), rate_limit="2/minute")) as client:
        assert [predict(client).headers["ratelimit"].split(";")[1] for _ in range(2)] == [
            "r=1",
            "r=0",
        ]
        answer = predict(client)
        assert_problem(answer, 429, "rate_limited")
        assert int(answer.headers["retry-after"]) >= 1
        assert client.get("/health").status_code == 200


def test_a_batch_counts_its_files() -> None:
    files = [("files", ("a.jpg", b"a"))] * 3
    with warm_client(fake_app(open_predictor(), rate_limit="5/minute")) as client:
        assert client.post("/predict-batch", files=files).status_code == 200
        answer = client.post("/predict-batch", files=files)
        assert_problem(answer, 429, "rate_limited")
        assert "retry-after" in answer.headers


def test_a_key_has_a_limit_of_its_own() -> None:
    with callers("predict", "predict", rate="1/minute", rate_limit="9/minute") as (one, other):
        assert one.predict().status_code == 200
        assert_problem(one.predict(), 429, "rate_limited")
        assert other.predict().status_code == 200


def test_health_tells_that_redis_is_down() -> None:
    app = fake_app(open_predictor(), rate_limit="9/minute", rate_limit_url=url(free_port()))
    with warm_client(app) as client:
        assert predict(client).status_code == 200
        document = client.get("/health").json()
        assert (document["status"], document["rate_limits"]) == ("degraded", "degraded")
        assert "genderlens_rate_limit_fallback 1.0" in client.get("/metrics").text
