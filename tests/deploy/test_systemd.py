"""The unit on docs/how-to/systemd.md: judged by systemd, and what it starts is started."""

from __future__ import annotations

import re
import shutil
import sys
from configparser import ConfigParser
from pathlib import Path
from subprocess import run

import pytest

from genderlens.service.process.capacity import peak_bytes
from genderlens.settings import load_settings
from service.processes import serve

HOW_TO = Path(__file__).parents[2] / "docs/how-to"
GOOD_ENOUGH = 5.0
"""Of systemd's ten points of exposure: what it calls MEDIUM from there on."""


def block(page: str) -> str:
    """The one block of a page that is of a unit."""
    text = (HOW_TO / page).read_text("utf-8")
    (found,) = re.findall(r"^```ini\n(.*?)^```$", text, re.S | re.M)
    return str(found)


def unit() -> str:
    return block("systemd.md")


def values(key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", unit(), re.M)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The unit as a file, for a program and a user that this machine has."""
    text = unit().replace("/opt/genderlens/bin/genderlens", sys.executable)
    path = tmp_path / "genderlens.service"
    path.write_text(text.replace("User=genderlens", "User=daemon"))
    return path


def analyze(*arguments: str) -> str:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("no systemd-analyze: apt-get install systemd")
    done = run([program, *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_systemd_understands_every_line(installed: Path) -> None:
    told = analyze("verify", "--man=no", str(installed))
    assert "genderlens.service" not in told, told


def test_systemd_understands_the_unit_of_several_processes(installed: Path) -> None:
    template = installed.with_name("genderlens@.service")
    before, service, after = installed.read_text().partition("[Service]\n")
    template.write_text(before + service + block("processes.md") + after)
    told = analyze("verify", "--man=no", str(template.with_name("genderlens@1.service")))
    assert "genderlens@" not in told, told


def test_every_setting_of_the_processes_is_one() -> None:
    lines = re.findall(r"^Environment=GENDERLENS_(\w+)=(.*)$", block("processes.md"), re.M)
    settings = load_settings(**{name.lower(): text.replace("%i", "1") for name, text in lines})
    assert (settings.share_port, settings.own_port) == (True, 8101)


def test_systemd_finds_it_closed_enough(installed: Path) -> None:
    told = analyze("security", "--offline=true", "--no-pager", str(installed))
    (exposure,) = re.findall(r"Overall exposure level for genderlens.service: ([\d.]+)", told)
    assert float(exposure) < GOOD_ENOUGH, told


def test_no_key_stands_twice_but_environment() -> None:
    parser = ConfigParser(interpolation=None)
    text = re.sub(r"^Environment=.*\n", "", unit(), flags=re.M)
    parser.read_string(text)
    assert parser.sections() == ["Unit", "Service", "Install"]


def test_what_it_starts_ends_in_time() -> None:
    settings = dict(value.split("=", 1) for value in values("Environment"))
    assert settings["GENDERLENS_STATE_DIR"].endswith(values("StateDirectory")[0])
    with serve(auth="open") as service:
        code, seconds = service.terminate()
    assert code == 0
    assert seconds < int(values("TimeoutStopSec")[0])


def test_it_does_not_start_again_where_a_person_has_to_act(tmp_path: Path) -> None:
    """Without a key the service ends with the status that the unit names."""
    settings = dict(value.split("=", 1) for value in values("Environment"))
    settings["GENDERLENS_STATE_DIR"] = str(tmp_path)
    command = [sys.executable, "-m", "genderlens", *values("ExecStart")[0].split()[1:]]
    done = run(command, env={"PATH": "/usr/bin:/bin"} | settings, capture_output=True, timeout=60)
    assert str(done.returncode) in values("RestartPreventExitStatus")


def test_it_gets_the_memory_of_its_peak() -> None:
    gibibytes = int(values("MemoryMax")[0].removesuffix("G"))
    assert peak_bytes(load_settings(workers=4)) <= gibibytes * 1024**3
