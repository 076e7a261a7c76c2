"""What only addresses in a cloud need is not loaded for a first answer."""

from __future__ import annotations

import subprocess
import sys


def test_a_predictor_loads_no_client_of_a_cloud() -> None:
    told = "import sys, genderlens.inference.predictor; print('fsspec' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"
