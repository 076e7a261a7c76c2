"""deploy.sh in a folder of its own, with fake tools that write down how they are called."""

from __future__ import annotations

import shutil
from pathlib import Path
from subprocess import CompletedProcess, run

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("aws", "docker", "terraform", "git", "npm", "make")
FAKE = """#!/bin/sh
tool=$(basename "$0")
echo "$tool $*" >> "$CALLS"
case "$tool $*" in $FAIL_ON) exit 3 ;; esac
case "$tool $*" in
  "aws sts get-caller-identity"*) echo 123456789012 ;;
  "aws ecr get-login-password") echo secret-token ;;
  "aws ecr describe-images"*) [ "${PUSHED:-no}" = yes ] ;;
  "docker login"*) cat > "$CALLS.token" ;;
  "git "*"status --porcelain") printf '%s' "${CHANGES:-}" ;;
  "git "*"rev-parse"*) echo abc123def456 ;;
  "terraform "*"output -raw page_bucket") echo the-page-bucket ;;
  "terraform "*"output -raw distribution_id") echo E1 ;;
  "terraform "*"output -raw cluster") echo the-cluster ;;
  "terraform "*"output -raw service") echo the-service ;;
  "terraform "*"output -raw log_group") echo /the/log ;;
  "aws ecs describe-services"*) echo '{"awsvpcConfiguration":{}}' ;;
  "aws ecs run-task"*) echo arn:aws:ecs:eu-central-1:1:task/the-cluster/abc ;;
  "aws ecs describe-tasks"*) echo "${TASK_STATUS:-0}" ;;
  "terraform "*" plan "*) : > "${1#-chdir=}/genderlens.tfplan" ;;
esac
"""
CONFIG = "AWS_REGION=eu-central-1\nTF_STATE_BUCKET=states  # made by hand\n"


class Site:
    """A copy of deploy/ in a folder of its own, with fakes first on the path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls_file = folder / "calls"
        self.plan = folder / "deploy/terraform/genderlens.tfplan"
        shutil.copytree(ROOT / "deploy/commands", folder / "deploy/commands")
        shutil.copy(ROOT / "deploy/deploy.sh", folder / "deploy")
        (folder / "deploy/terraform").mkdir()
        (folder / "deploy/deploy-config.env").write_text(CONFIG, "utf-8")
        (folder / "deploy/terraform/terraform.tfvars").write_text("", "utf-8")
        (folder / "web").mkdir()
        (folder / "web/package.json").write_text("{}", "utf-8")
        self.bin = folder / "bin"
        self.bin.mkdir()
        for tool in TOOLS:
            (self.bin / tool).write_text(FAKE, "utf-8")
            (self.bin / tool).chmod(0o755)
        # The system's tools without any real docker or terraform that lies beside them.
        for tool in ("bash", "env", "dirname", "basename", "cat", "rm", "openssl"):
            (self.bin / tool).symlink_to(shutil.which(tool) or pytest.fail(f"no {tool}"))

    def run(self, *arguments: str, answer: str = "", **extra: str) -> CompletedProcess[str]:
        environment = {"PATH": str(self.bin), "CALLS": str(self.calls_file), "FAIL_ON": "-"} | extra
        script = self.folder / "deploy/deploy.sh"
        return run(
            [script, *arguments],
            env=environment,
            input=answer,
            capture_output=True,
            text=True,
            timeout=60,
        )

    @property
    def calls(self) -> list[str]:
        """What was called, paths below the folder shortened to ``@``."""
        if not self.calls_file.exists():
            return []
        text = self.calls_file.read_text("utf-8").replace(str(self.folder), "@")
        return text.splitlines()

    @property
    def verbs(self) -> list[str]:
        """The calls that change something or read the state, without their arguments."""
        found = []
        for call in self.calls:
            words = [word for word in call.split() if not word.startswith("-")]
            found.append(" ".join(words[: 3 if words[0] == "aws" else 2]))
        return [verb for verb in found if not verb.startswith(("git", "aws sts"))]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)
