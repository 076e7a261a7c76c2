"""What is said of the software."""

from __future__ import annotations

from importlib import metadata

import pytest

from genderlens.doctor import machine
from genderlens.graphs.devices import DEVICES


def test_an_extra_that_is_not_whole_is_named_with_its_install_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    needed = [
        "numpy>=2",
        'redis>=5; extra == "redis"',
        "no-such-package[binary]>=1; extra == 'postgres'",
        'pytest>=8; extra == "dev"',
    ]
    monkeypatch.setattr(metadata, "requires", lambda _: needed)
    (finding,) = machine._extras()
    assert (finding.text, finding.state) == ("redis; not installed: postgres", "note")
    assert finding.way_out.endswith("pip install 'genderlens[postgres]'")
    assert finding.facts == {"installed": ["redis"], "missing": ["postgres"]}


def test_every_extra_of_the_package_is_looked_at() -> None:
    (finding,) = machine._extras()
    looked_at = {*finding.facts["installed"], *finding.facts["missing"]}
    provided = set(metadata.metadata("genderlens").get_all("Provides-Extra") or [])
    devices = {device.extra for device in DEVICES.values()}
    assert looked_at == provided - devices - {"dev"}


@pytest.mark.parametrize(
    ("providers", "state", "said"),
    [
        (["AzureExecutionProvider", "CPUExecutionProvider"], "ok", "cpu; not used: Azure"),
        (["CUDAExecutionProvider", "CPUExecutionProvider"], "ok", "cpu, cuda"),
        (["CUDAExecutionProvider"], "fault", "is not among them"),
        ([], "fault", "none: "),
    ],
)
def test_the_provider_that_serves_must_be_there(
    providers: list[str], state: str, said: str
) -> None:
    *_, finding = machine._runtime("1.31.1", providers)
    assert finding.state == state
    assert said in finding.text


def test_engines_that_lie_over_each_other_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(machine._engines()) == []
    both = {"onnxruntime", "onnxruntime-openvino"}
    monkeypatch.setattr(machine, "_is_installed", both.__contains__)
    (finding,) = machine._engines()
    assert finding.state == "note"
    assert finding.text.startswith("onnxruntime and onnxruntime-openvino are installed over")
    assert finding.way_out.startswith("pip uninstall -y onnxruntime onnxruntime-openvino")
