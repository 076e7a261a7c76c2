from __future__ import annotations

import asyncio

import pytest
from fastapi import Request
from starlette.requests import ClientDisconnect
from starlette.types import Message

from genderlens.service.exchange import run_while_present


def _request(*, leaves: bool) -> Request:
    async def receive() -> Message:
        if not leaves:
            await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    return Request({"type": "http"}, receive)


async def _work() -> str:
    await asyncio.sleep(0)
    return "done"


def test_the_result_where_the_client_stays() -> None:
    assert asyncio.run(run_while_present(_request(leaves=False), _work())) == "done"


def test_an_error_passes() -> None:
    async def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(run_while_present(_request(leaves=False), fail()))


def test_work_is_cancelled_where_the_client_leaves() -> None:
    cancelled = []

    async def endless() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    with pytest.raises(ClientDisconnect):
        asyncio.run(run_while_present(_request(leaves=True), endless()))
    assert cancelled == [True]
