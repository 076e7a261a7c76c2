"""compose-setup.sh with a fake docker: passwords once, keys shown, nothing overwritten."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from subprocess import CompletedProcess, run

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("bash", "env", "dirname", "od", "tr", "chmod")
FAKE = """#!/bin/sh
echo "$COMPOSE_FILE docker $*" >> "$CALLS"
case "$*" in *"keys create"*) echo gl_key_$# ;; esac
"""


class Place:
    """A copy of the script in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copy(ROOT / "deploy/compose-setup.sh", folder)
        self.bin = folder / "bin"
        self.bin.mkdir()
        (self.bin / "docker").write_text(FAKE, "utf-8")
        (self.bin / "docker").chmod(0o755)
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool) or pytest.fail(f"no {tool}"))

    def run(self, *arguments: str, **extra: str) -> CompletedProcess[str]:
        environment = {"PATH": str(self.bin), "CALLS": str(self.folder / "calls")} | extra
        command = [self.folder / "compose-setup.sh", *arguments]
        return run(command, env=environment, capture_output=True, text=True, timeout=60)

    @property
    def calls(self) -> list[str]:
        """What was asked of ``docker compose``."""
        return [line.split(" docker compose ")[1] for line in self._lines()]

    @property
    def files(self) -> set[str]:
        """The compose files that were used."""
        return {line.split(" docker compose ")[0] for line in self._lines()}

    def _lines(self) -> list[str]:
        return (self.folder / "calls").read_text("utf-8").splitlines()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_passwords_and_keys(place: Place) -> None:
    done = place.run("laptop")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("gl_key_")
    assert len(done.stdout.splitlines()) == 1
    passwords = (place.folder / ".env").read_text("utf-8")
    found = re.findall(r"^(\w+)=([0-9a-f]{48})$", passwords, re.MULTILINE)
    assert [name for name, _ in found] == ["POSTGRES_PASSWORD", "OBJECTS_SECRET_KEY"]
    assert found[0][1] != found[1][1]
    assert (place.folder / ".env").stat().st_mode & 0o777 == 0o600
    assert (place.folder / "prometheus.key").read_text("utf-8").startswith("gl_key_")
    assert place.calls == [
        "build",
        "run --rm -T genderlens keys create --scope metrics prometheus",
        "run --rm -T genderlens keys create laptop",
    ]


def test_a_second_run_keeps_what_is_there(place: Place) -> None:
    place.run()
    before = {name: (place.folder / name).read_bytes() for name in (".env", "prometheus.key")}
    assert place.run("other").returncode == 0
    assert before == {name: (place.folder / name).read_bytes() for name in before}
    assert place.calls[-1].endswith("keys create other")
    assert sum("keys create --scope metrics prometheus" in call for call in place.calls) == 1


def test_without_docker_nothing_is_made(place: Place) -> None:
    (place.bin / "docker").unlink()
    done = place.run()
    assert done.returncode == 1
    assert "docker is not installed" in done.stderr
    assert not (place.folder / ".env").exists()


def test_a_failing_docker_leaves_no_empty_key(place: Place) -> None:
    (place.bin / "docker").write_text("#!/bin/sh\nexit 1\n", "utf-8")
    assert place.run().returncode == 1
    assert not (place.folder / "prometheus.key").exists()


def test_files_may_be_laid_over_the_one_beside_it(place: Place) -> None:
    place.run()
    assert place.files == {str(place.folder / "compose.yaml")}
    (place.folder / "calls").unlink()
    place.run(COMPOSE_FILE="compose.yaml:mine.yaml")
    assert place.files == {"compose.yaml:mine.yaml"}
