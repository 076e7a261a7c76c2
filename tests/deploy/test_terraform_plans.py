"""What plans say: faults that are refused, and the containers that a task would run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from deploy.plans import GIVEN, TERRAFORM, Plans, locals_of, variables_of
from genderlens.service.middleware.auth import needs_keys
from genderlens.service.process.stopping import DEADLINE_S
from genderlens.settings import Settings, load_settings

SERVICE = TERRAFORM / "modules/service"
MODULE: dict[str, object] = {
    "name": "genderlens",
    "vpc_id": "vpc-1",
    "subnet_ids": ["subnet-1", "subnet-2"],
    "certificate_arn": "arn:aws:acm:eu-central-1:1:certificate/1",
    "image": "1.dkr.ecr.eu-central-1.amazonaws.com/genderlens/service:abc123def456",
    "repository_arn": "arn:aws:ecr:eu-central-1:1:repository/genderlens/service",
    "aws_cli_image": "public.ecr.aws/aws-cli/aws-cli:2.27.50",
    "cpu": 1024,
    "memory": 2048,
    "tasks_min": 2,
    "tasks_max": 6,
    "spot_percent": 0,
    "requests_per_task_per_minute": 300,
    "cpu_target_percent": 60,
    "model_bucket": "models",
    "model_bucket_arn": "arn:aws:s3:::models",
    "model_prefix": "",
    "environment": {},
    "secrets": {},
    "log_bucket": "logs",
    "log_retention_days": 30,
    "key_arn": "arn:aws:kms:eu-central-1:1:key/1",
    "deletion_protection": True,
}


@pytest.fixture
def root(tmp_path: Path) -> Plans:
    """The variables of the whole, and the settings that follow from them."""
    plans = Plans(tmp_path)
    plans.write("variables.tf", variables_of(TERRAFORM))
    plans.write("locals.tf", locals_of(TERRAFORM / "main.tf"))
    text = (TERRAFORM / "main.tf").read_text("utf-8")
    (merged,) = re.findall(r"^  environment += (merge\(.*\))$", text, re.M)
    plans.write("outputs.tf", f'output "environment" {{\n  value = {merged}\n}}\n')
    return plans


@pytest.fixture
def module(tmp_path: Path) -> Plans:
    """The variables of the service's module, and its containers."""
    plans = Plans(tmp_path)
    plans.write("variables.tf", variables_of(SERVICE))
    plans.write("locals.tf", locals_of(SERVICE / "task.tf"))
    text = (SERVICE / "task.tf").read_text("utf-8")
    (containers,) = re.findall(r"container_definitions +=( jsonencode\(.*\))$", text, re.M)
    plans.write("outputs.tf", f'output "containers" {{\n  value = jsondecode({containers})\n}}\n')
    return plans


def settings_of(environment: dict[str, str]) -> Settings:
    """As the service would read them."""
    return load_settings(
        **{name.removeprefix("GENDERLENS_").lower(): text for name, text in environment.items()}
    )


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        ({"allowed_cidrs": [], "enable_database": False}, "there are no keys"),
        ({"allowed_cidrs": ["0.0.0.0/0"]}, "Give IPv4 ranges"),
        ({"task_cpu": 4096, "task_memory": 2048}, "2 to 8 GiB for each vCPU"),
        ({"task_cpu": 256, "task_memory": 3072}, "2 to 8 GiB for each vCPU"),
        ({"task_cpu": 8192, "task_memory": 18432}, "in steps of 4"),
        ({"task_cpu": 16384, "task_memory": 36864}, "of 8"),
        ({"image_tag": "latest"}, "not latest"),
        ({"tasks_min": 4, "tasks_max": 3}, "below tasks_min"),
        ({"settings": {"GENDERLENS_PORT": "1"}}, "set elsewhere"),
    ],
)
def test_faults_are_refused(root: Plans, fault: dict[str, object], named: str) -> None:
    _, complaint = root.plan(**(GIVEN | fault))
    assert named in re.sub(r"[\s│]+", " ", complaint)


@pytest.mark.parametrize(
    ("cpu", "memory"),
    [(256, 2048), (512, 4096), (1024, 8192), (4096, 30720), (8192, 61440), (16384, 122880)],
)
def test_what_fargate_takes_is_taken(root: Plans, cpu: int, memory: int) -> None:
    _, complaint = root.plan(**GIVEN, task_cpu=cpu, task_memory=memory)
    assert complaint == ""


@pytest.mark.parametrize("database", [True, False])
def test_the_settings_are_settings_and_keys_follow_the_database(
    root: Plans, database: bool
) -> None:
    found, complaint = root.plan(**GIVEN, enable_database=database)
    assert complaint == ""
    settings = settings_of(found["environment"] | {"GENDERLENS_HOST": "0.0.0.0"})
    assert needs_keys(settings) is database
    assert settings.trusted_proxies


def serve_of(found: dict[str, Any]) -> dict[str, Any]:
    (serve,) = [one for one in found["containers"] if one["name"] == "genderlens"]
    return dict(serve)


def test_the_task_serves_the_model_in_the_image(module: Plans) -> None:
    found, complaint = module.plan(**MODULE)
    assert complaint == ""
    assert len(found["containers"]) == 1
    serve = serve_of(found)
    environment = {one["name"]: one["value"] for one in serve["environment"]}
    assert (environment["GENDERLENS_MODEL"], environment["GENDERLENS_HISTORY"]) == (
        "default",
        "off",
    )
    settings = settings_of(environment)
    assert serve["portMappings"] == [{"containerPort": settings.port, "protocol": "tcp"}]
    assert serve["stopTimeout"] > DEADLINE_S
    assert serve["readonlyRootFilesystem"]
    assert serve["user"] == "10001:10001"
    assert serve["linuxParameters"]["capabilities"] == {"drop": ["ALL"]}
    assert [one["containerPath"] for one in serve["mountPoints"]] == ["/state"]


def test_an_own_model_is_fetched_first_and_can_only_be_read(module: Plans) -> None:
    own = {"model_prefix": "models/mine/", "secrets": {"PGPASSWORD": "arn:aws:secretsmanager:x"}}
    found, complaint = module.plan(**(MODULE | own))
    assert complaint == ""
    fetch, serve = found["containers"]
    assert fetch["command"][-2:] == ["s3://models/models/mine/", "/models"]
    assert serve["dependsOn"] == [{"containerName": "fetch-model", "condition": "SUCCESS"}]
    mounts = {one["containerPath"]: one["readOnly"] for one in serve["mountPoints"]}
    assert mounts == {"/state": False, "/models": True}
    environment = {one["name"]: one["value"] for one in serve["environment"]}
    assert environment["GENDERLENS_MODEL"] == "/models"
    assert serve["secrets"] == [{"name": "PGPASSWORD", "valueFrom": "arn:aws:secretsmanager:x"}]
