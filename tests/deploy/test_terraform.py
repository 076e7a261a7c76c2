"""The Terraform code: formatted, parsed, documented, and wired without gaps."""

from __future__ import annotations

import re
import shutil
from functools import cache
from pathlib import Path
from subprocess import run
from typing import Any

import pytest

from genderlens.service.middleware.headers import _PAGE

ROOT = Path(__file__).parents[2]
TERRAFORM = ROOT / "deploy/terraform"
MODULES = sorted(path.name for path in (TERRAFORM / "modules").iterdir())
FOLDERS = [TERRAFORM, *(TERRAFORM / "modules" / name for name in MODULES)]
SOURCES = [path for folder in FOLDERS for path in sorted(folder.glob("*.tf"))]
META = {"source", "providers", "count", "for_each", "depends_on"}
Block = dict[str, Any]


def name_of(path: Path) -> str:
    return str(path.relative_to(TERRAFORM))


@cache
def blocks(folder: Path) -> dict[str, list[Block]]:
    """Kind → blocks of all files of a folder; skips where the parser is missing."""
    hcl2 = pytest.importorskip("hcl2", reason="no HCL parser: pip install python-hcl2")
    found: dict[str, list[Block]] = {}
    for path in sorted(folder.glob("*.tf")):
        for kind, items in hcl2.loads(path.read_text("utf-8")).items():
            if kind != "__comments__":
                found.setdefault(kind, []).extend(items)
    return found


def named(folder: Path, kind: str) -> dict[str, Block]:
    """Variables, outputs or modules of a folder by name."""
    return {
        name.strip('"'): body
        for item in blocks(folder).get(kind, [])
        for name, body in item.items()
        if not name.startswith("__")
    }


def arguments(body: Block) -> set[str]:
    return {key for key in body if not key.startswith("__")}


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_variables_and_outputs_are_described(folder: Path) -> None:
    variables = named(folder, "variable")
    assert variables
    for name, body in variables.items():
        assert len(body["description"]) > 5, name
        assert body["type"], name
    for name, body in named(folder, "output").items():
        assert len(body["description"]) > 5, name


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_variables_are_used_and_declared(folder: Path) -> None:
    text = "\n".join(path.read_text("utf-8") for path in folder.glob("*.tf"))
    uses = re.sub(r'variable "\w+" \{.*?\n\}', "", text, flags=re.DOTALL)
    assert set(re.findall(r"\bvar\.(\w+)", uses)) == set(named(folder, "variable"))


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_modules_get_exactly_what_they_take(folder: Path) -> None:
    for name, call in named(folder, "module").items():
        target = (folder / call["source"].strip('"')).resolve()
        variables = named(target, "variable")
        required = {key for key, body in variables.items() if "default" not in body}
        given = arguments(call) - META
        assert required <= given <= set(variables), name


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_module_outputs_that_are_read_exist(folder: Path) -> None:
    text = "\n".join(path.read_text("utf-8") for path in folder.glob("*.tf"))
    for module, output in re.findall(r"\bmodule\.(\w+)(?:\[0\])?\.(\w+)", text):
        source = named(folder, "module")[module]["source"].strip('"')
        assert output in named((folder / source).resolve(), "output"), f"{module}.{output}"


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_resources_that_are_read_exist(folder: Path) -> None:
    text = "\n".join(path.read_text("utf-8") for path in folder.glob("*.tf"))
    made = set(re.findall(r'^resource "(\w+)" "(\w+)"', text, flags=re.MULTILINE))
    read = set(re.findall(r'^data "(\w+)" "(\w+)"', text, flags=re.MULTILINE))
    assert set(re.findall(r"\bdata\.(aws_\w+)\.(\w+)", text)) == read
    names = set(re.findall(r"(?<![\w.])(aws_\w+)\.(\w+)", text))
    assert names <= made


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_versions_are_pinned(folder: Path) -> None:
    text = (folder / "versions.tf").read_text("utf-8")
    assert re.search(r'required_version = ">= 1\.\d+, < 2\.0"', text)
    assert re.search(r'version = "~> \d+\.\d+"', text)


def test_variables_of_the_root_check_what_they_get() -> None:
    for name, body in named(TERRAFORM, "variable").items():
        free = str(body["type"]).strip("${}") in {"bool"} or name == "tags"
        assert free or body["validation"], name


def test_the_example_gives_what_has_no_default() -> None:
    hcl2 = pytest.importorskip("hcl2", reason="no HCL parser: pip install python-hcl2")
    given = arguments(hcl2.loads((TERRAFORM / "terraform.tfvars.example").read_text("utf-8")))
    variables = named(TERRAFORM, "variable")
    required = {name for name, body in variables.items() if "default" not in body}
    # The image's tag comes from deploy.sh.
    assert required - {"image_tag"} <= given <= set(variables)


@pytest.mark.parametrize("module", MODULES)
def test_every_module_is_documented_and_used(module: str) -> None:
    assert f"| `{module}` |" in (ROOT / "deploy/README.md").read_text("utf-8")
    sources = "\n".join(path.read_text("utf-8") for path in SOURCES)
    assert re.search(rf'source\s+= "(\./modules|\.\.)/{module}"', sources)


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_every_skipped_check_has_a_reason(path: Path) -> None:
    for line in path.read_text("utf-8").splitlines():
        if "checkov:skip" in line:
            assert re.search(r"checkov:skip=CKV2?_\w+:\S.{15,}$", line), line


def test_the_page_gets_the_policy_that_the_service_sends() -> None:
    assert f'"{_PAGE}"' in (TERRAFORM / "modules/web/page.tf").read_text("utf-8")


def test_the_container_is_asked_how_it_is_like_in_the_dockerfile() -> None:
    task = (TERRAFORM / "modules/service/task.tf").read_text("utf-8")
    dockerfile = (ROOT / "deploy/docker/Dockerfile").read_text("utf-8")
    (command,) = re.findall(r'"(import os, urllib[^"]+)"', dockerfile)
    assert f'"{command}"' in task
    assert "port      = 8000" in task


@pytest.mark.parametrize(
    "name",
    [
        "deploy-config.env",
        "terraform/terraform.tfvars",
        "terraform/terraform.tfvars.backup",
        "terraform/terraform.tfstate",
        "terraform/terraform.tfstate.backup",
        "terraform/genderlens.tfplan",
        "terraform/.terraform/providers/x",
    ],
)
def test_what_may_hold_secrets_is_not_committed(name: str) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("no git checkout")
    done = run(["git", "check-ignore", "-q", f"deploy/{name}"], cwd=ROOT)
    assert done.returncode == 0


def test_examples_are_committed() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("no git checkout")
    for name in ("deploy-config.env.example", "terraform/terraform.tfvars.example"):
        assert run(["git", "check-ignore", "-q", f"deploy/{name}"], cwd=ROOT).returncode == 1


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_layout_is_plain(path: Path) -> None:
    """What can be told without the terraform binary: see the next test for the rest."""
    text = path.read_text("utf-8")
    assert "\t" not in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    for line in text.splitlines():
        assert line == line.rstrip(), line
        assert (len(line) - len(line.lstrip(" "))) % 2 == 0, line


def test_terraform_fmt_changes_nothing() -> None:
    terraform = shutil.which("terraform")
    if terraform is None:
        pytest.skip("no terraform on the path, so fmt -check was not run")
    done = run(
        [terraform, "fmt", "-check", "-recursive", TERRAFORM], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
