"""deploy.sh from end to end: its calls to S3, ECR, ECS and CloudFront answered by moto."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.aws_site import AwsSite, aws_site
from genderlens.cli.app import app as command_line
from genderlens.history.database import open_database
from genderlens.service.middleware.auth import Keyring
from genderlens.settings import load_settings

pytestmark = pytest.mark.timeout(300)
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/genderlens/service:abc123def456"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[AwsSite]:
    with aws_site(tmp_path) as found:
        yield found


@pytest.fixture
def distribution(site: AwsSite) -> str:
    """A distribution before the bucket of the page, in which older files lie."""
    site.account.s3.create_bucket(Bucket="page")
    for key in ("app/old.js", "app/private/model.onnx", "elsewhere.txt"):
        site.account.s3.put_object(Bucket="page", Key=key, Body=b"old")
    origin = {
        "Id": "page",
        "DomainName": "page.s3.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    config = {
        "CallerReference": "1",
        "Comment": "",
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": {"TargetOriginId": "page", "ViewerProtocolPolicy": "https-only"},
    }
    made = site.account.cloudfront.create_distribution(DistributionConfig=config)
    return str(made["Distribution"]["Id"])


def page_of(site: AwsSite) -> dict[str, str]:
    """Key of each object of the bucket → how long browsers may keep it."""
    listed = site.account.s3.list_objects_v2(Bucket="page")["Contents"]
    heads = {
        one["Key"]: site.account.s3.head_object(Bucket="page", Key=one["Key"]) for one in listed
    }
    return {key: head.get("CacheControl", "") for key, head in heads.items()}


def test_deploy_puts_everything_in_its_place(site: AwsSite, distribution: str) -> None:
    site.account.ecr.create_repository(repositoryName="genderlens/service")
    done = site.run("deploy", DISTRIBUTION=distribution)
    assert done.returncode == 0, done.stderr
    assert f"docker push {IMAGE}" in site.calls
    (image,) = site.account.ecr.describe_images(repositoryName="genderlens/service")["imageDetails"]
    assert image["imageTags"] == ["abc123def456"]
    assert page_of(site) == {
        "app/assets/app.js": "public, max-age=300",
        "app/index.html": "no-cache",
        "app/private/model.onnx": "",
        "elsewhere.txt": "",
    }
    listed = site.account.cloudfront.list_invalidations(DistributionId=distribution)
    (invalidation,) = listed["InvalidationList"]["Items"]
    told = site.account.cloudfront.get_invalidation(
        DistributionId=distribution, Id=invalidation["Id"]
    )
    assert told["Invalidation"]["InvalidationBatch"]["Paths"]["Items"] == ["/app/*"]


def test_an_image_is_pushed_once(site: AwsSite) -> None:
    site.account.ecr.create_repository(repositoryName="genderlens/service")
    assert site.run("build").returncode == 0
    again = site.run("build")
    assert again.returncode == 0
    assert "is there already" in again.stderr
    assert [call for call in site.calls if call.startswith("docker push")] == [
        f"docker push {IMAGE}"
    ]


def test_a_repository_that_lacks_is_told_before_an_hour_of_building(site: AwsSite) -> None:
    done = site.run("build")
    assert done.returncode == 1
    assert (
        "no repository genderlens/service in us-east-1; 'deploy.sh deploy' makes it" in done.stderr
    )
    assert not [call for call in site.calls if call.startswith("docker build")]


@pytest.fixture
def running(site: AwsSite) -> dict[str, Any]:
    """A service on Fargate as the Terraform code makes one."""
    ecs, ec2 = site.account.ecs, site.account.ec2
    network = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=network, EnableDnsHostnames={"Value": True})
    subnet = ec2.create_subnet(VpcId=network, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="task", Description="task", VpcId=network)[
        "GroupId"
    ]
    ecs.create_cluster(clusterName="genderlens")
    ecs.register_task_definition(
        family="genderlens",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="1024",
        memory="2048",
        containerDefinitions=[{"name": "genderlens", "image": IMAGE, "memory": 2048}],
    )
    place = {
        "subnets": [subnet],
        "securityGroups": [group],
        "assignPublicIp": "DISABLED",
    }
    ecs.create_service(
        cluster="genderlens",
        serviceName="genderlens",
        taskDefinition="genderlens",
        desiredCount=2,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": place},
    )
    return place


def test_a_key_is_made_by_a_task_and_opens_the_service(
    site: AwsSite, running: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = site.run("create-key", "laptop")
    assert done.returncode == 0, done.stderr
    key = done.stdout.splitlines()[-1]
    ecs = site.account.ecs
    arns = ecs.list_tasks(cluster="genderlens", desiredStatus="STOPPED")["taskArns"]
    arns += ecs.list_tasks(cluster="genderlens")["taskArns"]
    tasks = ecs.describe_tasks(cluster="genderlens", tasks=arns)["tasks"]
    (task,) = [one for one in tasks if one.get("overrides", {}).get("containerOverrides")]
    assert task["launchType"] == "FARGATE"
    told = json.dumps(tasks, default=str)
    assert key not in told
    # What the task would have run.
    (override,) = task["overrides"]["containerOverrides"]
    monkeypatch.setenv("GENDERLENS_DATABASE_URL", f"sqlite:///{tmp_path / 'keys.sqlite3'}")
    made = CliRunner().invoke(command_line, override["command"])
    assert made.exit_code == 0, made.output
    keyring = Keyring(open_database(load_settings()))
    keyring.load()
    assert keyring.admit(key).name == "laptop"
