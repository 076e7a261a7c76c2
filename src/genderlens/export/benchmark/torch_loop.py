"""The plain PyTorch eager loop that a bundle is measured beside, where ``[train]`` is installed."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

from genderlens.bundle import Description


def has_torch() -> bool:
    """Whether the extra ``[train]`` is installed."""
    return all(find_spec(name) is not None for name in ("torch", "timm"))


def create_eager_loop(description: Description, threads: int, batch: int) -> Callable[[], object]:
    """A call that runs the bundle's architecture in PyTorch; its weights are random.

    What the weights are makes no difference to the time.
    """
    import torch

    from genderlens.training.architectures import create_network

    model = description.provenance.recipe["model"]
    network = create_network(model["architecture"], 1, model.get("options", {})).eval()
    pictures = torch.zeros(batch, 3, *description.input.shape)

    def run() -> None:
        before = torch.get_num_threads()
        torch.set_num_threads(threads)
        try:
            with torch.inference_mode():
                network(pictures)
        finally:
            torch.set_num_threads(before)

    return run
