"""The firewall's rules, tried on paths, which are transformed and compared as AWS says it does."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from genderlens.service.middleware.headers import PERMISSIONS

WEB = Path(__file__).parents[2] / "deploy/terraform/modules/web"
TRANSFORMATIONS = {
    "URL_DECODE": unquote,
    "NORMALIZE_PATH": lambda path: re.sub("^/+", "/", posixpath.normpath(path)),
    "LOWERCASE": str.lower,
}
"""As AWS describes them."""


def _plain(value: Any) -> Any:
    """What was parsed, without quotation marks and notes of the parser."""
    if isinstance(value, dict):
        return {key.strip('"'): _plain(one) for key, one in value.items() if "__" not in key}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.strip('"').replace("\\\\", "\\") if isinstance(value, str) else value


def _resource(kind: str) -> dict[str, Any]:
    hcl2 = pytest.importorskip("hcl2", reason="no HCL parser: pip install python-hcl2")
    parsed = _plain(hcl2.loads((WEB / "firewall.tf").read_text("utf-8")))
    (found,) = [body for item in parsed["resource"] for name, body in item.items() if name == kind]
    (one,) = found.values()
    return dict(one)


def _blocked(path: str) -> int | None:
    """The status that the firewall answers a path with; None where it lets it through."""
    rules = [rule for rule in _resource("aws_wafv2_web_acl")["rule"] if "action" in rule]
    for rule in sorted(rules, key=lambda rule: int(rule["priority"])):
        ((kind, statement),) = rule["statement"][0].items()
        if kind not in {"byte_match_statement", "regex_match_statement"}:
            continue
        (statement,) = statement
        seen = path
        for step in sorted(statement["text_transformation"], key=lambda one: int(one["priority"])):
            seen = TRANSFORMATIONS[step["type"]](seen)
        if kind == "byte_match_statement":
            assert statement["positional_constraint"] == "CONTAINS"
            hit = statement["search_string"] in seen
        else:
            hit = re.search(statement["regex_string"], seen) is not None
        if hit:
            response = rule["action"][0]["block"][0]["custom_response"][0]
            return int(response["response_code"])
    return None


@pytest.mark.parametrize(
    "path",
    [
        "/metrics",
        "/metrics/",
        "/metrics%0A",
        "/metrics%00",
        "/%6Detrics",
        "/%6detrics",
        "/m%65trics",
        "/%256Detrics",
        "//metrics",
        "/./metrics",
        "/x/../metrics",
        "/%2Fmetrics",
        "/METRICS",
        "/metrics;x",
        "/metrics%2F",
        "/gl/metrics",
    ],
)
def test_metrics_are_not_passed_on_however_they_are_spelt(path: str) -> None:
    assert _blocked(path) == 404


@pytest.mark.parametrize("number", [*range(0x20), 0x7F])
def test_control_characters_are_refused(number: int) -> None:
    code = f"%{number:02X}"
    for path in (f"/retrain{code}", f"/{code.lower()}/jobs", f"/models/x{code}/promote"):
        assert _blocked(path) == 400


@pytest.mark.parametrize(
    "path", ["/", "/predict", "/predictions.csv", "/app/assets/index-1a2b.js", "/health", "/metric"]
)
def test_everything_else_is_passed_on(path: str) -> None:
    assert _blocked(path) is None


def test_no_key_gets_into_the_log() -> None:
    fields = _resource("aws_wafv2_web_acl_logging_configuration")["redacted_fields"]
    headers = {field["single_header"][0]["name"] for field in fields if "single_header" in field}
    assert headers == {"authorization", "cookie", "x-api-key"}
    assert any("query_string" in field for field in fields)


def test_the_page_gets_the_other_headers_that_the_service_sends() -> None:
    text = (WEB / "page.tf").read_text("utf-8")
    sent = {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": PERMISSIONS,
    }
    for name, value in sent.items():
        assert re.search(rf'= "{name}"\n +override = true\n +value += "{re.escape(value)}"', text)
