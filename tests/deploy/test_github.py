"""The workflows: parsed, pinned, allowed little, and calling only what exists."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))


def load(path: Path) -> dict[str, Any]:
    # YAML 1.1 takes the key "on" for a truth value.
    loaded: dict[Any, Any] = yaml.safe_load(path.read_text("utf-8"))
    return {"on" if key is True else key: value for key, value in loaded.items()}


def jobs() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{path.stem}.{name}", job)
        for path in WORKFLOWS
        for name, job in load(path)["jobs"].items()
    ]


def steps() -> list[tuple[str, dict[str, Any]]]:
    return [(name, step) for name, job in jobs() for step in job["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_read_and_no_more(path: Path) -> None:
    workflow = load(path)
    assert workflow["permissions"] == {"contents": "read"}
    assert "pull_request_target" not in workflow["on"]


def test_only_a_release_may_write_and_only_packages() -> None:
    allowed = {name: job["permissions"] for name, job in jobs() if "permissions" in job}
    assert allowed == {"image.push": {"contents": "read", "packages": "write"}}
    release = dict(jobs())["image.push"]
    assert release["if"] == "startsWith(github.ref, 'refs/tags/v')"
    pushes = [step["with"]["push"] for name, step in steps() if "push" in step.get("with", {})]
    assert pushes == [False, True]


@pytest.mark.parametrize(("name", "job"), jobs())
def test_a_job_ends_and_runs_on_a_named_system(name: str, job: dict[str, Any]) -> None:
    assert job["timeout-minutes"] <= 60
    assert re.fullmatch(r"ubuntu-\d\d\.\d\d", job["runs-on"])


def test_actions_are_pinned_by_commit_with_their_version() -> None:
    lines = [
        line
        for path in WORKFLOWS
        for line in path.read_text("utf-8").splitlines()
        if "uses:" in line
    ]
    assert len(lines) > 15
    pins: dict[str, set[str]] = {}
    for line in lines:
        match = re.search(r"uses: ([\w./-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)$", line)
        assert match, line
        pins.setdefault(match[1], set()).add(match[2])
    assert all(len(commits) == 1 for commits in pins.values()), pins


def test_checkouts_leave_no_credentials() -> None:
    for name, step in steps():
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False, name


def test_no_expression_is_pasted_into_a_shell() -> None:
    assert [name for name, step in steps() if "${{" in step.get("run", "")] == []


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def test_every_make_target_that_is_called_exists() -> None:
    called = {
        target
        for _, step in steps()
        for words in re.findall(r"^make ([a-z -]+)$", step.get("run", ""), re.MULTILINE)
        for target in words.split()
    }
    assert {"lint", "test", "dist", "audit", "checkov"} <= called <= targets()
    local = (ROOT / ".ci/run").read_text("utf-8")
    assert set(re.findall(r"^make ([a-z]+)", local, re.MULTILINE)) <= targets()


def test_files_that_workflows_name_exist() -> None:
    text = "\n".join(path.read_text("utf-8") for path in WORKFLOWS)
    for name in set(re.findall(r"\bdeploy/[\w./-]+", text)):
        assert (ROOT / name).exists(), name


def test_every_supported_python_is_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    supported = [
        name.rpartition(" ")[2] for name in project["classifiers"] if re.search(r":: 3\.\d+$", name)
    ]
    matrix = dict(jobs())["ci.test"]["strategy"]["matrix"]["python"]
    assert matrix == supported
    assert f">={matrix[0]}" == project["requires-python"]


def test_dependabot_watches_everything_that_has_versions() -> None:
    watched = {
        (one["package-ecosystem"], one["directory"])
        for one in load(GITHUB / "dependabot.yml")["updates"]
    }
    assert {kind for kind, _ in watched} == {"pip", "npm", "github-actions", "docker", "terraform"}
    assert all((ROOT / folder.strip("/")).is_dir() for _, folder in watched)


@pytest.mark.parametrize(
    "path", sorted((GITHUB / "ISSUE_TEMPLATE").glob("[!c]*.yml")), ids=lambda path: path.name
)
def test_issue_forms_are_complete(path: Path) -> None:
    form = load(path)
    assert {"name", "description", "body"} <= set(form)
    fields = [field for field in form["body"] if field["type"] != "markdown"]
    assert len({field["id"] for field in fields}) == len(fields) > 0
    assert all(field["attributes"]["label"] for field in fields)


def test_what_the_forms_link_to_exists() -> None:
    for path in (GITHUB / "CODE_OF_CONDUCT.md", ROOT / "SECURITY.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", path.read_text("utf-8")):
            assert (path.parent / target).exists(), target


def test_what_checkov_needs_is_pinned_and_checkov_asks_nobody() -> None:
    lines = (ROOT / "deploy/checkov-requirements.txt").read_text("utf-8").splitlines()[1:]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines), lines
    assert any(line.startswith("checkov==") for line in lines)
    assert yaml.safe_load((ROOT / "deploy/checkov.yaml").read_text("utf-8"))["skip-download"]
