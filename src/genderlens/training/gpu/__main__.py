"""``python -m genderlens.training.gpu PARTS --plan PLAN --out DIR``: a plan on this machine."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import torch

from genderlens.training.gpu.plan import TrainingPlan
from genderlens.training.gpu.run import PlanRun


def main() -> None:
    """Read the command line and run the plan on a GPU, or on the CPU where there is none."""
    parser = argparse.ArgumentParser(prog="python -m genderlens.training.gpu", description=__doc__)
    parser.add_argument("parts", type=Path, help="folder with the parts")
    parser.add_argument("--plan", type=Path, help="plan, JSON; unset: plan.json of the parts")
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoints")
    parser.add_argument("--minutes", type=float, default=9.0, help="for everything, decoding too")
    chosen = parser.parse_args()
    plan = TrainingPlan.read(chosen.plan or chosen.parts / "plan.json")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.backends.cuda.matmul.allow_tf32 = True
    running = PlanRun(plan, chosen.parts, chosen.out, minutes=chosen.minutes)
    running.run(device, workers=len(os.sched_getaffinity(0)))


if __name__ == "__main__":
    main()
