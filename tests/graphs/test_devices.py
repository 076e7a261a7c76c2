"""Devices: what is handed to their providers, and what is said of those that are not there."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, get_args

import onnxruntime
import pytest

from genderlens import load_predictor
from genderlens.errors import MissingExtraError, SettingsError
from genderlens.graphs.devices import AUTO, CPU, DEVICES, devices_to_try, find_device, list_present
from genderlens.graphs.runtime import Session
from genderlens.types import DEVICES as WORDS
from genderlens.types import Device
from graphs.providers import CPU_PROVIDER, installed
from tiny_graphs import identity

ELSEWHERE = tuple(name for name in DEVICES if name != CPU)
OPTIONS = {
    "cuda": {
        "device_id": "0",
        "use_tf32": "0",
        "cudnn_conv_algo_search": "HEURISTIC",
        "arena_extend_strategy": "kSameAsRequested",
    },
    "openvino": {"device_type": "CPU", "precision": "FP32", "num_of_threads": "3"},
    "coreml": {
        "ModelFormat": "MLProgram",
        "MLComputeUnits": "ALL",
        "RequireStaticInputShapes": "0",
        "AllowLowPrecisionAccumulationOnGPU": "0",
    },
    "directml": {"device_id": "0"},
}


def test_every_word_is_a_device() -> None:
    assert set(WORDS) == set(get_args(Device)) == {AUTO, *DEVICES}
    assert set(OPTIONS) == set(ELSEWHERE)


@pytest.mark.parametrize("device", ELSEWHERE)
def test_the_provider_gets_its_options_and_the_cpu_stands_behind_it(device: str) -> None:
    with installed(device) as stub:
        session = Session(identity(), threads=3, device=device)
    ((options, providers, more),) = stub.handed
    assert providers == [(DEVICES[device].provider, OPTIONS[device]), (CPU_PROVIDER, {})]
    assert more == {"enable_fallback": 0}, "ONNX Runtime prints and goes on by itself otherwise"
    assert options.intra_op_num_threads == 3
    assert options.enable_mem_pattern is (device != "directml")
    assert session.device == device


def test_an_unknown_device_is_refused_with_the_near_one() -> None:
    with pytest.raises(SettingsError, match=r"'cudda' is no device; .*did you mean 'cuda'"):
        find_device("cudda")
    with pytest.raises(SettingsError, match=r"GENDERLENS_DEVICE='opencino'.*'openvino'\?"):
        load_predictor(device="opencino")  # type: ignore[arg-type]


@pytest.mark.parametrize("device", [name for name in ELSEWHERE if DEVICES[name].extra])
def test_a_device_that_is_not_installed_names_its_extra(
    device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [CPU_PROVIDER])
    with pytest.raises(MissingExtraError) as caught:
        load_predictor(device=device)  # type: ignore[arg-type]
    assert f"device '{device}'" in caught.value.message
    assert f"pip install 'genderlens[{DEVICES[device].extra}]'" in caught.value.message


def test_core_ml_has_no_extra_and_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [CPU_PROVIDER])
    with pytest.raises(SettingsError, match=r"needs macOS.*set device cpu or auto"):
        load_predictor(device="coreml")


def test_every_extra_is_in_the_package() -> None:
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8")
    for device in DEVICES.values():
        assert not device.extra or f"\n{device.extra} = [" in text


@pytest.mark.parametrize("device", ELSEWHERE)
def test_auto_tries_what_is_there(device: str) -> None:
    with installed(device):
        assert list_present() == (CPU, device)
        assert devices_to_try(AUTO) == ((device,) if DEVICES[device].in_auto else ())
        assert devices_to_try(CPU) == ()
    assert devices_to_try(AUTO) == ()


@pytest.mark.parametrize("word", ["preload_dlls", None])
def test_the_libraries_of_cuda_are_loaded_first_and_their_words_go_to_stderr(
    word: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def preload() -> None:
        assert not stub.handed
        sys.stdout.write("libcudnn.so is not there")

    monkeypatch.delattr(onnxruntime, "preload_dlls", raising=False)
    if word is not None:
        monkeypatch.setattr(onnxruntime, word, preload, raising=False)
    with installed("cuda") as stub:
        Session(identity(), device="cuda")
    said: Any = capsys.readouterr()
    assert said.out == ""
    assert ("libcudnn" in said.err) is (word is not None)
