"""Models that hang, crash or grow: refused by a child, and nothing else notices."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import suppress
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from conftest import ClassFolders
from forks import command
from genderlens.bundle import load_bundle
from genderlens.cli.app import app
from genderlens.errors import BundleIntegrityError, ModelTrialError
from genderlens.guests.process import Guests, Limits
from genderlens.promotion.promote import promote, rollback, split_traffic
from genderlens.registry.store import Registry, open_registry
from genderlens.settings import Settings, load_settings
from graphs.test_scan import endless_loop
from hostile.guests import (
    children_of,
    growing,
    hanging,
    hanging_on_pictures,
    make_guest,
    not_a_number,
    serving,
    smuggle,
    wait_for,
)
from tiny_bundles import make_bundle

TIME_S = 4.0


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(
        registry=str(tmp_path / "registry"),
        model="registry:production",
        model_time_s=TIME_S,
        registry_poll_s=0.1,
        faces="cropped",
    )


@pytest.fixture
def registry(settings: Settings, tmp_path: Path) -> Registry:
    """``good-1`` in production, ``fine-1`` before it; ``hanging-1`` was put there by somebody."""
    patient = _patient(tmp_path)
    for name in ("fine", "good"):
        patient.add(make_bundle(tmp_path / name, name))
        promote(patient, f"{name}-1", settings, forced="a drill")
    smuggle(make_guest(tmp_path / "hanging", "hanging", hanging), tmp_path / "registry")
    return open_registry(settings)


def _patient(tmp_path: Path) -> Registry:
    """The registry with time enough for good models on a busy machine."""
    return open_registry(load_settings(registry=str(tmp_path / "registry")))


def square() -> bytes:
    pixels = np.full((40, 40, 3), (40, 40, 200), np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def test_a_model_that_hangs_is_refused_everywhere_in_time(
    registry: Registry, settings: Settings
) -> None:
    before, others = registry.state(), children_of(os.getpid())  # of tests before this one
    start = time.monotonic()
    with pytest.raises(ModelTrialError, match="no answer within 4 s"):
        promote(registry, "hanging-1", settings, forced="nobody looks")
    assert time.monotonic() - start < 30
    with pytest.raises(ModelTrialError, match="no answer within 4 s"):
        split_traffic(registry, {"good-1": 1, "hanging-1": 1})
    assert registry.state() == before
    registry.change(lambda state: state.with_changes(previous="hanging-1"))
    with pytest.raises(ModelTrialError, match="no answer within 4 s"):
        rollback(registry)
    assert registry.state().production == "good-1"
    assert set(children_of(os.getpid())) <= set(others)


def test_a_model_that_hangs_or_grows_is_not_added(tmp_path: Path, registry: Registry) -> None:
    patient = _patient(tmp_path)
    for chosen, name, build, words in (
        (registry, "slow", hanging, "no answer within 4 s"),
        (patient, "vast", growing, "bytes of memory"),
        (patient, "nan", not_a_number, "numbers that are none"),
    ):
        with pytest.raises(ModelTrialError, match=words):
            chosen.add(make_guest(tmp_path / name, name, build))
    with pytest.raises(BundleIntegrityError, match="may never end"):
        patient.add(make_guest(tmp_path / "loop", "loop", endless_loop))
    assert registry.versions() == ["fine-1", "good-1", "hanging-1"]


def test_a_model_that_hangs_on_pictures_alone_is_stopped_while_it_is_judged(
    tmp_path: Path, registry: Registry, settings: Settings, class_folders: ClassFolders
) -> None:
    _patient(tmp_path).add(make_guest(tmp_path / "sly", "sly", hanging_on_pictures))
    judged = settings.model_copy(update={"gate_data": str(class_folders(3)), "gate_min_group": 1})
    with pytest.raises(ModelTrialError, match="judging of sly-1 and good-1 gave no answer"):
        promote(registry, "sly-1", judged)
    assert registry.state().production == "good-1"


def test_a_model_that_ends_its_process_is_told_from_one_that_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No graph that crashes today's runtime is known, so the guest crashes by itself."""
    (tmp_path / "crashing.py").write_text(
        textwrap.dedent(
            """
            import os, signal, sys
            sys.stderr.write("last words")
            sys.stderr.flush()
            os.kill(os.getpid(), signal.SIGSEGV)
            """
        )
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(ModelTrialError, match=r"ended the process that tried it .*SIGSEGV"):
        Guests().run("crashing", {}, what="x-1")


def test_a_guest_dies_with_who_started_it(tmp_path: Path, registry: Registry) -> None:
    """Even where that is killed, and long before its own alarm."""
    code = (
        "from pathlib import Path\n"
        "from genderlens.bundle import load_bundle\n"
        "from genderlens.guests.process import Guests, Limits\n"
        "from genderlens.registry.trial import require_fit\n"
        f"bundle = load_bundle({str(tmp_path / 'registry' / 'hanging-1')!r})\n"
        "require_fit(bundle, Guests(Limits(time_s=3600)))\n"
    )
    owner = subprocess.Popen([sys.executable, "-c", code])
    wait_for(lambda: bool(children_of(owner.pid)))
    (guest,) = children_of(owner.pid)
    wait_for(lambda: "libonnxruntime" in Path(f"/proc/{guest}/maps").read_text() or _old(guest))
    owner.kill()
    owner.wait()
    wait_for(lambda: not Path(f"/proc/{guest}").exists() or _is_gone(guest), 20)


def _old(pid: int) -> bool:
    """Whether it has computed for two seconds, so that it is past its imports."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) > 2 * os.sysconf("SC_CLK_TCK")


def _is_gone(pid: int) -> bool:
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True


def test_guests_can_be_ended_from_elsewhere(registry: Registry, tmp_path: Path) -> None:
    patient = open_registry(load_settings(registry=str(tmp_path / "registry"), model_time_s=3600))
    threading.Timer(2.0, patient.guests.close).start()
    with pytest.raises(ModelTrialError, match="was ended") as caught:
        patient.load_fit("hanging-1")
    assert not caught.value.is_verdict
    with pytest.raises(ModelTrialError, match="the service is stopping"):
        patient.load_fit("hanging-1")


def test_the_limits_come_from_the_settings() -> None:
    settings = load_settings(model_time_s=7, model_memory_bytes=600_000_000)
    assert open_registry(settings).guests.limits == Limits(7.0, 600_000_000)


def test_what_passed_passes_again_without_a_process(registry: Registry, tmp_path: Path) -> None:
    again = open_registry(load_settings(registry=str(tmp_path / "registry")))
    again.guests.close()  # no process may start any more
    assert again.load_fit("good-1") == load_bundle(str(tmp_path / "registry" / "good-1"))


def test_the_command_line_refuses_them_too(
    tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENDERLENS_REGISTRY", str(tmp_path / "registry"))
    monkeypatch.setenv("GENDERLENS_MODEL_TIME_S", str(TIME_S))
    folder = make_guest(tmp_path / "slow", "slow", hanging)
    for arguments in (
        ["models", "add", str(folder)],
        ["models", "promote", "hanging-1", "--force", "--reason", "why not"],
        ["models", "split", "hanging-1=1"],
    ):
        done = subprocess.run(command("genderlens", *arguments), capture_output=True, text=True)
        assert done.returncode == 5, done.stderr
        assert "no answer within 4 s" in done.stderr
    shown = CliRunner().invoke(app, ["models", "list", "--json"])
    assert "slow-1" not in shown.stdout


def test_a_service_serves_rolls_back_and_stops_while_a_model_hangs(
    tmp_path: Path, registry: Registry
) -> None:
    """The model may take ten minutes, and nobody waits for it."""
    given = {"REGISTRY": tmp_path / "registry", "MODEL_TIME_S": 600, "REGISTRY_POLL_S": 0.2}
    picture = {"file": ("a.png", square())}
    with serving(tmp_path, **given) as (process, address), httpx.Client(base_url=address) as client:

        def promote_it() -> None:
            wish = {"force": True, "reason": "go"}
            with suppress(httpx.HTTPError):  # the service stops before it answers
                client.post("/models/hanging-1/promote", json=wish, timeout=900)

        asking = threading.Thread(target=promote_it)
        asking.start()
        wait_for(lambda: len(children_of(process.pid)) == 1)
        # Somebody else writes the state, so the service itself tries to load the model, too.
        registry.change(lambda state: state.promoted("hanging-1"))
        wait_for(lambda: len(children_of(process.pid)) == 2)
        answer = client.post("/predict", files=picture, timeout=10)
        assert (answer.status_code, answer.json()["model_version"]) == (200, "good-1")
        start = time.monotonic()
        back = client.post("/models/rollback", timeout=60)
        assert back.json()["production"] == "good-1", back.text
        assert time.monotonic() - start < 20
        assert client.get("/models", timeout=10).json()["reload_error"] is None
        registry.change(lambda state: state.promoted("hanging-1"))
        wait_for(lambda: len(children_of(process.pid)) == 2)
        guests = children_of(process.pid)
        start = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert time.monotonic() - start < 25
        asking.join()
        assert not any(Path(f"/proc/{guest}").exists() and not _is_gone(guest) for guest in guests)


def test_a_service_starts_and_says_why_it_cannot_serve(tmp_path: Path, registry: Registry) -> None:
    """A hanging model in production: health answers, and SIGTERM ends it at once."""
    registry.change(lambda state: state.promoted("hanging-1"))
    environment = os.environ | {
        "GENDERLENS_REGISTRY": str(tmp_path / "registry"),
        "GENDERLENS_MODEL": "registry:production",
        "GENDERLENS_MODEL_TIME_S": "600",
        "GENDERLENS_PORT": "0",
    }
    command = [sys.executable, "-m", "genderlens", "serve"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: len(children_of(process.pid)) == 1)
        time.sleep(1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(25) == 0
    finally:
        process.kill()
        process.wait()
