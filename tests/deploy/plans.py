"""Plans of what the Terraform code says before any provider is asked: variables and locals.

No registry of providers is reached here, so resources cannot be planned. What is computed from
variables can: the faults that variables refuse, and the containers of the task definition.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

TERRAFORM = Path(__file__).parents[2] / "deploy/terraform"
GIVEN = {
    "domain_name": "faces.example.org",
    "zone_id": "Z0123456789ABCDEFGHIJ",
    "allowed_cidrs": ["192.0.2.0/24"],
    "image_tag": "abc123def456",
    "alarm_email": "ops@example.org",
}
NEIGHBOURS = {
    "aws_cloudwatch_log_group.this.name": '"/genderlens/service"',
    "data.aws_region.current.region": '"eu-central-1"',
    "data.aws_caller_identity.current.account_id": '"123456789012"',
    "module.database[0].url": '"postgresql://genderlens@database:5432/genderlens?sslmode=require"',
    "module.database[0].secret_arn": '"arn:aws:secretsmanager:eu-central-1:1:secret:database"',
}
"""What locals take from resources → what it might be."""


class Plans:
    """A folder of files that need no provider."""

    def __init__(self, folder: Path) -> None:
        self._program = shutil.which("terraform") or pytest.skip("no terraform on the path")
        self._folder = folder

    def write(self, name: str, text: str) -> None:
        for before, after in NEIGHBOURS.items():
            text = text.replace(before, after)
        (self._folder / name).write_text(text, "utf-8")

    def plan(self, **variables: object) -> tuple[dict[str, Any], str]:
        """The outputs that a plan tells, and what Terraform complained of."""
        (self._folder / "given.auto.tfvars.json").write_text(json.dumps(variables), "utf-8")
        done = self._run("plan", "-input=false", "-out=plan")
        if done.returncode != 0:
            return {}, done.stderr
        shown = json.loads(self._run("show", "-json", "plan").stdout)
        outputs = shown["planned_values"].get("outputs", {})
        return {name: one["value"] for name, one in outputs.items()}, ""

    def _run(self, command: str, *words: str) -> subprocess.CompletedProcess[str]:
        colour = [] if command == "show" else ["-no-color"]
        return subprocess.run(
            [self._program, f"-chdir={self._folder}", command, *colour, *words],
            env=os.environ | {"TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"},
            capture_output=True,
            text=True,
            timeout=120,
        )


def variables_of(folder: Path) -> str:
    """The declarations of all variables of a module."""
    return "\n".join(path.read_text("utf-8") for path in sorted(folder.glob("variables*.tf")))


def locals_of(path: Path) -> str:
    """The first block of locals of a file."""
    (block, *_) = re.findall(r"^locals \{\n.*?^\}\n", path.read_text("utf-8"), re.S | re.M)
    return str(block)
