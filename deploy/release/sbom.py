"""The bill of materials of an environment, as CycloneDX, beside the archives of ``make dist``.

``python deploy/release/sbom.py ENVIRONMENT FOLDER``: what is installed in the environment.
"""

# ruff: noqa: S603 -- a script: it runs the tool beside its own interpreter
from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from archives import ROOT, version


def main(environment: str, folder: str) -> None:
    """Write ``genderlens-VERSION.cdx.json``."""
    path = Path(folder) / f"genderlens-{version()}.cdx.json"
    tool = Path(sys.executable).with_name("cyclonedx-py")
    options = ["--pyproject", ROOT / "pyproject.toml", "--output-reproducible"]
    command = [tool, "environment", environment, *options, "--output-file", path]
    subprocess.run(command, check=True)
    described = json.loads(path.read_text("utf-8"))
    # The tool reads no version that the build finds out.
    described["metadata"]["component"]["version"] = version()
    path.write_text(json.dumps(described, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
