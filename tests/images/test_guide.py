"""The block of docs/how-to/deploy.md that runs one container, as a reader would run it."""

from __future__ import annotations

import json
import re
import subprocess
import uuid
from pathlib import Path

import pytest

from databases import free_port
from images.boxes import hardening
from images.engine import ENOUGH_S, ROOT, docker
from service.serving import portrait_jpeg

pytestmark = [pytest.mark.images, pytest.mark.timeout(ENOUGH_S)]
PAGE = ROOT / "docs/how-to/deploy.md"


def read_block() -> str:
    section = PAGE.read_text("utf-8").split("## One container\n")[1]
    (block, *_) = re.findall(r"^```sh\n(.*?)^```$", section, re.S | re.M)
    return str(block)


def test_one_container(serving_image: str, tmp_path: Path) -> None:
    name, port = f"genderlens-guide-{uuid.uuid4().hex[:8]}", free_port()
    (tmp_path / "photo.jpg").write_bytes(portrait_jpeg())
    build, *rest = read_block().splitlines(keepends=True)
    assert build.startswith("docker build ")
    text = "".join(rest)
    text = text.replace("state:/state", f"{name}:/state").replace(
        "--name genderlens", f"--name {name}"
    )
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{port}").replace(
        "genderlens:dev", serving_image
    )
    try:
        done = subprocess.run(
            ["bash", "-euc", text], cwd=tmp_path, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout[done.stdout.rindex('{"prediction"') :])
        assert answer["prediction"] == "female"
        docker("stop", name)
        assert docker("wait", name).stdout.strip() == "0"
    finally:
        docker("rm", "--force", name, check=False)
        docker("volume", "rm", "--force", name)


def test_it_is_as_hardened_as_compose() -> None:
    words = re.sub(r"[= ]|:true", "", read_block())
    for option in hardening("genderlens"):
        assert re.sub(r"[= ]|:true", "", option) in words, option
