"""``python -m genderlens.training.card PARTS --plan PLAN --out DIR``: a plan on this machine."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import torch

from genderlens.training.card.plan import Plan
from genderlens.training.card.run import PlanRun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", type=Path)
    parser.add_argument("--plan", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=9.0)
    chosen = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.backends.cudnn.benchmark = "GLNB" not in os.environ
    torch.backends.cuda.matmul.allow_tf32 = True
    PlanRun(
        Plan.read(chosen.plan),
        chosen.parts,
        chosen.out,
        chosen.minutes * 60.0,
        device,
        len(os.sched_getaffinity(0)),
    ).run()


if __name__ == "__main__":
    main()
