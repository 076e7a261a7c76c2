"""deploy.sh with the real AWS command line before moto, and fakes for what is no call to AWS."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess, run
from typing import Any

import pytest

import clouds

REGION = "us-east-1"
TOOLS = ("bash", "env", "dirname", "basename", "cat", "rm", "openssl", "sleep")
DOCKER = """#!/bin/sh
# What a registry would know after a push, since moto has none that Docker can push to.
echo "docker $*" >> "$CALLS"
case "$1" in
  login) cat > "$CALLS.token" ;;
  push)
    name=${2#*/}
    aws ecr put-image --repository-name "${name%:*}" --image-tag "${name##*:}" \\
      --image-manifest-media-type application/vnd.oci.image.manifest.v1+json \\
      --image-manifest "{\\"tag\\": \\"$2\\"}" >/dev/null ;;
esac
"""
TERRAFORM = """#!/bin/sh
echo "terraform $*" >> "$CALLS"
case "$*" in
  *"output -raw page_bucket") echo page ;;
  *"output -raw distribution_id") echo "$DISTRIBUTION" ;;
  *"output -raw cluster") echo genderlens ;;
  *"output -raw service") echo genderlens ;;
  *"output -raw log_group") echo /genderlens/service ;;
  *" plan "*) : > "${1#-chdir=}/genderlens.tfplan" ;;
esac
"""
GIT = '#!/bin/sh\ncase "$*" in *rev-parse*) echo abc123def456 ;; esac\n'


@dataclass
class Account:
    """The clients of one account at moto."""

    ecr: Any
    ecs: Any
    s3: Any
    cloudfront: Any
    ec2: Any


@dataclass
class AwsSite:
    """A copy of deploy/ whose AWS command line asks moto."""

    folder: Path
    account: Account
    environment: Mapping[str, str]

    def run(self, *arguments: str, **extra: str) -> CompletedProcess[str]:
        return run(
            [self.folder / "deploy/deploy.sh", "--yes", *arguments],
            env={**self.environment, **extra},
            capture_output=True,
            text=True,
            timeout=280,
        )

    @property
    def calls(self) -> list[str]:
        """What was called but the AWS command line."""
        file = Path(self.environment["CALLS"])
        return file.read_text("utf-8").splitlines() if file.exists() else []


def find_aws() -> str:
    """The AWS command line, or a skip: it has to know where moto is from a variable."""
    found = shutil.which("aws")
    if found is None:
        pytest.skip("no aws on the path: pip install awscli, in an environment of its own")
    told = run([found, "--version"], capture_output=True, text=True).stdout.split(" ")[0]
    version = tuple(map(int, told.removeprefix("aws-cli/").split(".")[:2]))
    if version < (1, 29) or (2, 0) <= version < (2, 13):
        pytest.skip(f"{told} does not know AWS_ENDPOINT_URL: needs 1.29 or 2.13")
    return found


@contextmanager
def aws_site(folder: Path) -> Iterator[AwsSite]:
    """An empty account, and deploy.sh with a page of two files."""
    import boto3

    aws = find_aws()
    with clouds.serve_s3():
        names = ("ecr", "ecs", "s3", "cloudfront", "ec2")
        account = Account(**{name: boto3.client(name, region_name=REGION) for name in names})
        folder = _lay_out(folder, aws)
        given = {name: text for name, text in os.environ.items() if name.startswith("AWS_")}
        environment = given | {
            "PATH": str(folder / "bin"),
            "HOME": str(folder),
            "CALLS": str(folder / "calls"),
            "AWS_PAGER": "",
        }
        yield AwsSite(folder, account, environment)


def _lay_out(folder: Path, aws: str) -> Path:
    root = Path(__file__).parents[2] / "deploy"
    shutil.copytree(root / "commands", folder / "deploy/commands")
    shutil.copy(root / "deploy.sh", folder / "deploy")
    (folder / "deploy/terraform").mkdir()
    (folder / "deploy/terraform/terraform.tfvars").touch()
    config = f"AWS_REGION={REGION}\nTF_STATE_BUCKET=states\nUI_DIR={folder / 'page'}\n"
    (folder / "deploy/deploy-config.env").write_text(config, "utf-8")
    (folder / "page/assets").mkdir(parents=True)
    (folder / "page/index.html").write_text("<title>page</title>", "utf-8")
    (folder / "page/assets/app.js").write_text("go()", "utf-8")
    (folder / "bin").mkdir()
    for name, text in {"docker": DOCKER, "terraform": TERRAFORM, "git": GIT}.items():
        (folder / "bin" / name).write_text(text, "utf-8")
        (folder / "bin" / name).chmod(0o755)
    # By a script: the command line may itself be one that looks at where it lies.
    path = json.dumps(os.environ["PATH"])
    script = f'#!/bin/sh\nPATH={path} exec "{aws}" "$@"\n'
    (folder / "bin/aws").write_text(script, "utf-8")
    (folder / "bin/aws").chmod(0o755)
    for tool in TOOLS:
        (folder / "bin" / tool).symlink_to(shutil.which(tool) or pytest.fail(f"no {tool}"))
    return folder
