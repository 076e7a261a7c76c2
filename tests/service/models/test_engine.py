from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

import pytest

from genderlens.errors import NotReadyError, OverloadedError
from genderlens.service.models import admission
from genderlens.service.models.engine import Engine
from genderlens.service.telemetry.metrics import Metrics
from genderlens.settings import load_settings
from service.serving import FakePredictor, classified, open_predictor


def _engine(predictor: FakePredictor, **settings: Any) -> Engine:
    return Engine(load_settings(**settings), lambda _: predictor, Metrics())  # type: ignore[arg-type,return-value]


def _run(engine: Engine, work: Coroutine[Any, Any, None]) -> None:
    async def main() -> None:
        await engine.start()
        await work

    try:
        asyncio.run(main())
    finally:
        engine.stop()


async def _entered(predictor: FakePredictor) -> None:
    await asyncio.get_running_loop().run_in_executor(None, predictor.entered.wait, 10)


def test_nothing_is_served_before_the_start() -> None:
    engine = _engine(open_predictor())
    assert not engine.ready
    with pytest.raises(NotReadyError):
        engine.require_capacity()
    engine.stop()


def test_beyond_the_queue_is_refused_and_the_next_one_works() -> None:
    predictor = FakePredictor()
    engine = _engine(predictor, workers=1, max_queue=2)

    async def work() -> None:
        accepted = [asyncio.create_task(engine.predict(b"1")) for _ in range(2)]
        await _entered(predictor)
        with pytest.raises(OverloadedError, match="the limit is 2"):
            await engine.predict(b"2")
        with pytest.raises(OverloadedError):
            await engine.predict_each([b"3"])
        with pytest.raises(OverloadedError):
            await engine.apply(lambda model: model.version, b"3")
        predictor.gate.set()
        assert all(answer.prediction == "male" for answer in await asyncio.gather(*accepted))
        await engine.predict(b"4")

    _run(engine, work())
    assert predictor.computed == [b"1", b"1", b"4"]
    assert engine.in_flight == 0


def test_a_cancelled_request_frees_its_place_and_is_not_computed() -> None:
    predictor = FakePredictor()
    engine = _engine(predictor, workers=1)

    async def work() -> None:
        running = asyncio.create_task(engine.predict(b"running"))
        waiting = asyncio.create_task(engine.predict_each([b"waiting", b"too"]))
        await _entered(predictor)
        assert engine.in_flight == 2  # of one worker, one place for each request
        waiting.cancel()
        await asyncio.wait([waiting])
        assert engine.in_flight == 1
        predictor.gate.set()
        await running

    _run(engine, work())
    assert predictor.computed == [b"running"]
    assert engine.in_flight == 0


def test_a_batch_leaves_room_for_others() -> None:
    predictor = FakePredictor()
    engine = _engine(predictor, workers=1, max_queue=3)

    async def work() -> None:
        batch = asyncio.create_task(engine.predict_each([b"1", b"2", b"3", b"4"]))
        await _entered(predictor)
        between = asyncio.create_task(engine.predict(b"between"))
        await asyncio.sleep(0.05)
        predictor.gate.set()
        assert len(await batch) == 4
        await between

    _run(engine, work())
    assert predictor.computed == [b"1", b"between", b"2", b"3", b"4"]


def test_lasting_load_is_refused_before_the_queue_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "BURST_S", -1.0)
    predictor = open_predictor(lambda _: (time.sleep(0.05), classified())[1])
    engine = _engine(predictor, workers=1, max_wait_s=0.01)

    async def work() -> None:
        await engine.predict(b"learnt from")
        predictor.gate.clear()
        running = asyncio.create_task(engine.predict(b"running"))
        await asyncio.sleep(0)
        with pytest.raises(OverloadedError, match="would wait"):
            await engine.predict(b"refused")
        predictor.gate.set()
        await running

    _run(engine, work())
    assert predictor.computed == [b"learnt from", b"running"]


def test_a_picture_that_waited_too_long_is_not_computed() -> None:
    predictor = FakePredictor()
    engine = _engine(predictor, workers=1, deadline_s=0.05)

    async def work() -> None:
        first = asyncio.create_task(engine.predict(b"1"))
        await _entered(predictor)
        late = asyncio.create_task(engine.predict(b"2"))
        await asyncio.sleep(0.2)
        predictor.gate.set()
        assert (await first).prediction == "male"
        with pytest.raises(
            OverloadedError, match=r"waited .* s for a worker, the limit is 0\.05 s"
        ):
            await late

    _run(engine, work())
    assert predictor.computed == [b"1"]
    assert engine.in_flight == 0
