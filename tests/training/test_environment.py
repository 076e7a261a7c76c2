from __future__ import annotations

import json
import platform

from genderlens.training.environment import describe_environment


def test_it_says_what_matters_and_nothing_about_the_machine() -> None:
    found = describe_environment()
    kinds = {"python", "system", "machine", "cpus", "cpu_features", "gpus", "packages"}
    assert set(found) == kinds
    packages = found["packages"]
    assert isinstance(packages, dict)
    assert {"genderlens", "torch", "timm", "lightning"} <= set(packages)
    text = json.dumps(found)
    assert platform.node() not in text
