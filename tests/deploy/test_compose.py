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
STORES: dict[str, str] = COMPOSE["x-stores"]
MADE = {"./prometheus.key"}
"""By compose-setup.sh, and not committed."""


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
    elif image not in {one["image"] for one in SERVICES.values() if "build" in one}:
        assert re.fullmatch(r"\S+:v?\d+\.\d+[\w.-]*", image), image


def test_retraining_and_tls_start_only_when_asked_for() -> None:
    asked = {name: one["profiles"] for name, one in SERVICES.items() if one.get("profiles")}
    assert asked == {"worker": ["training"], "proxy": ["tls"]}
    assert {"postgres", "redis", "objects", "prometheus", "grafana"} < set(SERVICES)


def test_service_and_worker_share_their_stores() -> None:
    service, worker = (SERVICES[name]["environment"] for name in ("genderlens", "worker"))
    assert STORES.items() <= service.items()
    assert STORES.items() <= worker.items()
    assert service["GENDERLENS_JOBS_HERE"] == "false"
    for url in (*STORES.values(), service["GENDERLENS_RATE_LIMIT_URL"]):
        for host in re.findall(r"://(?:[^@/]*@)?([a-z]+):\d+", url):
            assert host in SERVICES
            for asking in ("genderlens", "worker"):
                shared = set(SERVICES[host]["networks"]) & set(SERVICES[asking]["networks"])
                assert shared, (asking, host)


def test_the_service_believes_the_proxy_alone() -> None:
    """By the address that it has on a network that only the two share."""
    (place,) = SERVICES["proxy"]["networks"].values()
    trusted = SERVICES["genderlens"]["environment"]["GENDERLENS_TRUSTED_PROXIES"]
    assert trusted == place["ipv4_address"]
    (network,) = SERVICES["proxy"]["networks"]
    assert {name for name, one in SERVICES.items() if network in one["networks"]} == {
        "proxy",
        "genderlens",
    }


def test_nothing_is_served_without_keys() -> None:
    assert "insecure" not in TEXT
    assert "command" not in SERVICES["genderlens"]
    for name in SERVICES:
        assert "GENDERLENS_AUTH" not in (SERVICES[name].get("environment") or {})


def test_mounted_files_exist() -> None:
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            known = source in COMPOSE["volumes"] or source in MADE
            assert known or (DEPLOY / source).exists(), source
        for network in service["networks"]:
            assert network in COMPOSE["networks"]


def test_no_password_has_a_default() -> None:
    secrets = re.findall(r"\$\{(\w*(?:PASSWORD|KEY)\w*)(\W+)([^}]*)\}", TEXT)
    assert {name for name, _, _ in secrets} == {"POSTGRES_PASSWORD", "OBJECTS_SECRET_KEY"}
    assert {(sign, text) for _, sign, text in secrets} == {
        (":?", "run deploy/compose-setup.sh first")
    }


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
