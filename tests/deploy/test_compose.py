"""compose.yaml: hardened services that name only what exists."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from genderlens.settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
TEXT = (DEPLOY / "compose.yaml").read_text("utf-8")
COMPOSE = yaml.safe_load(TEXT)
SERVICES: dict[str, Any] = COMPOSE["services"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_hardened(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["logging"]["options"]["max-size"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_port_is_on_loopback(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


@pytest.mark.parametrize("name", SERVICES)
def test_every_image_has_a_version(name: str) -> None:
    image = SERVICES[name]["image"]
    if "build" in SERVICES[name]:
        assert (ROOT / SERVICES[name]["build"]["dockerfile"]).is_file()
    else:
        assert re.fullmatch(r"\S+:v?\d+\.\d+[\w.-]*", image), image


def test_what_no_code_uses_starts_only_when_asked_for() -> None:
    running = {name for name, service in SERVICES.items() if not service.get("profiles")}
    assert running == {"genderlens", "prometheus", "grafana"}
    for name in ("postgres", "redis"):
        assert SERVICES[name]["profiles"] == ["planned"]
        comment = TEXT.split(f"\n  {name}:")[0].rsplit("\n\n", 1)[-1]
        assert "NOT USED YET" in comment


def test_mounted_files_exist() -> None:
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in COMPOSE["volumes"] or (DEPLOY / source).exists(), source
        for network in service["networks"]:
            assert network in COMPOSE["networks"]


def test_no_password_has_a_default() -> None:
    for name, default in re.findall(r"\$\{(\w*(?:PASSWORD|KEY)\w*):?-([^}]*)\}", TEXT):
        assert default == "", name


def deployed_files() -> list[Path]:
    """What is written here by hand and committed."""
    ends = {".yaml", ".yml", ".tf", ".sh", ".example", ".training", ""}
    files = [path for path in DEPLOY.rglob("*") if path.is_file() and path.suffix in ends]
    return [path for path in files if ".terraform" not in path.parts]


def test_every_setting_that_is_named_exists() -> None:
    known = {f"GENDERLENS_{name.upper()}" for name in Settings.model_fields}
    found: set[str] = set()
    for path in deployed_files():
        found |= set(re.findall(r"\bGENDERLENS_[A-Z][A-Z_]*[A-Z]\b", path.read_text("utf-8")))
    assert "GENDERLENS_HOST" in found
    assert found <= known
