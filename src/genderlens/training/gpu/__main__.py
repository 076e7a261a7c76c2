"""``python -m genderlens.training.gpu PARTS --plan PLAN --out DIR``: a plan on this machine."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from genderlens.cpus import usable_cpus
from genderlens.training.gpu.plan import TrainingPlan
from genderlens.training.gpu.run import PlanFolders, PlanRun


def main() -> None:
    """Read the command line and run the plan on a GPU, or on the CPU where there is none."""
    parser = argparse.ArgumentParser(prog="python -m genderlens.training.gpu", description=__doc__)
    parser.add_argument("parts", type=Path, help="folder with the parts")
    parser.add_argument("--plan", type=Path, help="plan, JSON; unset: plan.json of the parts")
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoints")
    parser.add_argument(
        "--minutes", type=float, help="for everything, decoding too; unset: the plan's epochs"
    )
    parser.add_argument(
        "--states",
        type=Path,
        help="folder to go on from if killed; unset: a killed run starts anew",
    )
    chosen = parser.parse_args()
    plan = TrainingPlan.read(chosen.plan or chosen.parts / "plan.json")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.backends.cuda.matmul.allow_tf32 = True
    folders = PlanFolders(chosen.parts, chosen.out, chosen.states)
    running = PlanRun(plan, folders, minutes=chosen.minutes)
    running.run(device, workers=usable_cpus())


if __name__ == "__main__":
    main()
