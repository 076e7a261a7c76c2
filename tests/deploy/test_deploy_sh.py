"""deploy.sh: which tools it calls, in which order, with which arguments."""

from __future__ import annotations

from typing import Any

import pytest

REGISTRY = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
Site = Any  # the fixture of conftest.py


def test_deploy_does_everything_in_order(site: Site) -> None:
    done = site.run("deploy", answer="yes\nyes\n")
    assert done.returncode == 0, done.stderr
    assert site.verbs == [
        "terraform init",
        "terraform apply",
        "aws ecr get-login-password",
        "docker login",
        "aws ecr describe-repositories",
        "aws ecr describe-images",
        "docker build",
        "docker push",
        "terraform plan",
        "terraform apply",
        "npm @/web",
        "npm @/web",
        "terraform output",
        "terraform output",
        "aws s3 sync",
        "aws s3 cp",
        "aws cloudfront create-invalidation",
        "terraform output",
    ]


def test_build_pushes_the_commit(site: Site) -> None:
    assert site.run("build").returncode == 0
    image = f"{REGISTRY}/genderlens/service:abc123def456"
    assert (
        f"docker build --platform linux/amd64 --file @/deploy/docker/Dockerfile --tag {image} @"
        in site.calls
    )
    assert f"docker push {image}" in site.calls


def test_the_registry_password_is_no_argument(site: Site) -> None:
    site.run("build")
    assert (site.folder / "calls.token").read_text() == "secret-token\n"
    assert "secret-token" not in "\n".join(site.calls)


def test_build_takes_the_training_image_and_base_images(site: Site) -> None:
    images = {"PYTHON_IMAGE": "python@sha256:1", "NODE_IMAGE": "node@sha256:2"}
    done = site.run("build", TRAINING_IMAGE="true", IMAGE_TAG="v1", **images)
    builds = [call for call in site.calls if call.startswith("docker build")]
    assert [build.split("--tag ")[1] for build in builds] == [
        f"{REGISTRY}/genderlens/service:v1 --build-arg PYTHON_IMAGE=python@sha256:1 "
        "--build-arg NODE_IMAGE=node@sha256:2 @",
        f"{REGISTRY}/genderlens/training:v1 --build-arg PYTHON_IMAGE=python@sha256:1 @",
    ]
    assert "another day" not in done.stderr


def test_a_base_image_without_a_digest_is_told_or_refused(site: Site) -> None:
    done = site.run("build", IMAGE_TAG="v1")
    assert done.returncode == 0
    assert "PYTHON_IMAGE is a tag" in done.stderr
    assert "NODE_IMAGE is a tag" in done.stderr
    done = site.run("build", IMAGE_TAG="v2", PYTHON_IMAGE="python:3.11")
    assert done.returncode == 1
    assert "names no digest" in done.stderr


def test_build_does_not_push_twice(site: Site) -> None:
    done = site.run("build", PUSHED="yes")
    assert done.returncode == 0
    assert "there already" in done.stderr
    assert "docker build" not in site.verbs


def test_uncommitted_changes_have_no_tag(site: Site) -> None:
    done = site.run("build", CHANGES=" M README.md")
    assert done.returncode == 1
    assert "uncommitted" in done.stderr
    assert "docker build" not in site.verbs


def test_build_without_repository_says_what_makes_it(site: Site) -> None:
    done = site.run("build", FAIL_ON="aws ecr describe-repositories*")
    assert done.returncode == 1
    assert "'deploy.sh deploy' makes it" in done.stderr


def test_plan_names_state_region_and_image(site: Site) -> None:
    assert site.run("plan").returncode == 0
    terraform = [call for call in site.calls if call.startswith("terraform")]
    assert terraform == [
        "terraform -chdir=@/deploy/terraform init -input=false -reconfigure "
        "-backend-config=bucket=states -backend-config=key=genderlens/terraform.tfstate "
        "-backend-config=region=eu-central-1",
        "terraform -chdir=@/deploy/terraform plan -input=false -out=genderlens.tfplan "
        "-var=region=eu-central-1 -var=name=genderlens -var=image_tag=abc123def456",
    ]


def test_apply_takes_the_plan_and_removes_it(site: Site) -> None:
    site.run("plan")
    assert site.plan.exists()
    assert site.run("apply").returncode == 0
    last = site.calls[-1]
    assert last == "terraform -chdir=@/deploy/terraform apply -input=false genderlens.tfplan"
    assert not site.plan.exists()


def test_apply_without_plan_fails(site: Site) -> None:
    done = site.run("apply")
    assert done.returncode == 1
    assert "deploy.sh plan" in done.stderr
    assert site.calls == []


def test_a_failing_apply_keeps_the_plan_and_stops(site: Site) -> None:
    done = site.run("infrastructure", answer="yes\n", FAIL_ON="terraform * apply *")
    assert done.returncode == 3
    assert "stopped" in done.stderr
    assert site.plan.exists()
    assert site.verbs[-1] == "terraform apply"


def test_a_failing_build_stops_deploy_before_the_plan(site: Site) -> None:
    done = site.run("--yes", "deploy", FAIL_ON="docker build*")
    assert done.returncode == 3
    assert site.verbs[-1] == "docker build"


@pytest.mark.parametrize("answer", ["", "no\n", "y\n"])
def test_infrastructure_asks_before_it_applies(site: Site, answer: str) -> None:
    done = site.run("infrastructure", answer=answer)
    assert done.returncode == 1
    assert "not confirmed" in done.stderr
    assert site.verbs == ["terraform init", "terraform plan"]


@pytest.mark.parametrize("answer", ["", "yes\n", "other\n"])
def test_destroy_wants_the_name(site: Site, answer: str) -> None:
    done = site.run("destroy", answer=answer)
    assert done.returncode == 1
    assert "not confirmed" in done.stderr
    assert site.calls == []


def test_destroy_with_the_name_or_yes(site: Site) -> None:
    assert site.run("destroy", answer="genderlens\n").returncode == 0
    assert site.run("--yes", "destroy").returncode == 0
    destroys = [call for call in site.calls if " destroy " in call]
    assert len(destroys) == 2
    assert destroys[0].endswith(
        "-auto-approve -var=region=eu-central-1 -var=name=genderlens -var=image_tag=none"
    )


def test_outputs(site: Site) -> None:
    assert site.run("outputs").returncode == 0
    assert site.verbs == ["terraform init", "terraform output"]


def test_deploy_ui_puts_the_page_last_and_clears_the_cache(site: Site) -> None:
    assert site.run("deploy-ui").returncode == 0
    page = "@/web/dist"
    assert site.calls[-3:] == [
        f"aws s3 sync {page} s3://the-page-bucket/app/ --delete --exclude index.html "
        "--exclude private/* --cache-control public, max-age=300",
        f"aws s3 cp {page}/index.html s3://the-page-bucket/app/index.html --cache-control no-cache",
        "aws cloudfront create-invalidation --distribution-id E1 --paths /app/*",
    ]


def test_deploy_ui_into_another_bucket_needs_no_terraform(site: Site) -> None:
    done = site.run("deploy-ui", S3_BUCKET_UI="mine", S3_UI_PREFIX="ui/")
    assert done.returncode == 0
    assert site.verbs == ["npm @/web", "npm @/web", "aws s3 sync", "aws s3 cp"]
    assert "s3://mine/ui/" in site.calls[2]


def test_deploy_ui_never_empties_a_whole_bucket(site: Site) -> None:
    done = site.run("deploy-ui", S3_BUCKET_UI="mine", S3_UI_PREFIX="/")
    assert done.returncode == 1
    assert "names no folder" in done.stderr
    assert not any(call.startswith("aws") for call in site.calls)


def test_a_page_with_a_package_json_is_built_with_npm(site: Site) -> None:
    other = site.folder / "other"
    other.mkdir()
    (other / "package.json").write_text("{}", "utf-8")
    assert site.run("build-ui", UI_DIR=str(other)).returncode == 0
    assert site.calls == ["npm --prefix @/other ci", "npm --prefix @/other run build"]


def test_a_page_of_plain_files_is_taken_as_it_is(site: Site) -> None:
    plain = site.folder / "plain"
    plain.mkdir()
    (plain / "index.html").write_text("<!doctype html>", "utf-8")
    done = site.run("deploy-ui", UI_DIR=str(plain), S3_BUCKET_UI="mine")
    assert done.returncode == 0
    assert site.verbs == ["aws s3 sync", "aws s3 cp"]


def test_build_ui_and_serve_ui_need_no_configuration(site: Site) -> None:
    (site.folder / "deploy/deploy-config.env").unlink()
    assert site.run("build-ui").returncode == 0
    assert site.run("serve-ui").returncode == 0
    assert site.calls == [
        "npm --prefix @/web ci",
        "npm --prefix @/web run build",
        "make -C @ serve",
    ]
