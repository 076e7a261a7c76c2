"""Where a network's weights start: fresh, from ImageNet, the shipped model, or from a file."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from timm.layers.pos_embed import resample_abs_pos_embed
from torch import Tensor, nn

from genderlens.errors import PretrainedWeightsError
from genderlens.heads import Head
from genderlens.heads.default import GENDER
from genderlens.recipe import ModelRecipe
from genderlens.run_folder import RunFolder
from genderlens.training.architectures import create_network, pretrained_source
from genderlens.training.weights.heads import list_head_parameters
from genderlens.training.weights.packaged import PACKAGED, read_packaged_weights
from genderlens.training.weights.shipped import DEFAULT, read_shipped_state

_log = logging.getLogger(__name__)


def create_started_network(model: ModelRecipe, num_logits: int, head: Head = GENDER) -> nn.Module:
    """A network as the recipe wants it to start; its first logits are those of ``head``.

    PretrainedWeightsError where the weights are out of reach or do not fit.
    """
    if model.pretrained == "none":
        return create_network(model.architecture, num_logits, model.options)
    if model.pretrained == "imagenet" and model.architecture not in PACKAGED:
        return _from_hub(model, num_logits)
    network = create_network(model.architecture, num_logits, model.options)
    if model.pretrained == "imagenet":
        packaged = PACKAGED[model.architecture]
        _take(
            network, read_packaged_weights(packaged), packaged.package, may_lack=_new_parts(model)
        )
    elif model.pretrained == DEFAULT:
        _take(network, read_shipped_state(network, head), "the shipped model")
    else:
        path = Path(model.pretrained).expanduser()
        fresh = _take(network, read_weights(_file_in(path)), str(path))
        if fresh:
            _log.warning(
                "%s: its head does not fit and starts anew (%s)", path, ", ".join(sorted(fresh))
            )
    return network


def _from_hub(model: ModelRecipe, num_logits: int) -> nn.Module:
    options = model.options | {"pretrained": True}
    try:
        return create_network(model.architecture, num_logits, options)
    except (OSError, RuntimeError, ValueError) as error:
        raise PretrainedWeightsError(
            f"ImageNet weights of {model.architecture} are out of reach: {_first_line(error)}; "
            f"fetch {pretrained_source(model.architecture, model.options)} where there is a "
            "network, and give the file with --set model.pretrained=PATH; or start from scratch "
            "with --set model.pretrained=none"
        ) from error


def _new_parts(model: ModelRecipe) -> tuple[str, ...]:
    """Beginnings of the names that a shortened network learns anew."""
    return ("conv_head.", "bn2.") if {"stages", "head_width"} & set(model.options) else ()


def _take(
    network: nn.Module,
    state: Mapping[str, Tensor],
    source: str,
    *,
    may_lack: tuple[str, ...] = (),
) -> set[str]:
    """Load what fits; the names of the head's parameters that do not."""
    own = network.state_dict()
    state = _fit_positions(network, state)
    fitting = {k: v for k, v in state.items() if k in own and own[k].shape == v.shape}
    head = list_head_parameters(network)
    counters = {name for name, tensor in own.items() if not tensor.is_floating_point()}
    lacking = [
        name
        for name in own
        if name not in fitting and name not in head | counters and not name.startswith(may_lack)
    ]
    if lacking:
        raise PretrainedWeightsError(
            f"{source} does not fit: {len(lacking)} of {len(own)} tensors are missing or of "
            f"another shape, first {lacking[0]!r}; it must hold the weights of the same "
            "architecture with the same options"
        )
    network.load_state_dict(fitting, strict=False)
    return {name for name in head if name not in fitting}


def _fit_positions(network: nn.Module, state: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
    """A transformer's square grid of positions is resampled to that of its input size."""
    stored, grid = state.get("pos_embed"), getattr(network, "patch_embed", None)
    own = getattr(network, "pos_embed", None)
    if stored is None or own is None or grid is None or stored.shape == own.shape:
        return state
    if stored.ndim != 3 or stored.shape[2] != own.shape[2]:
        return state
    prefix = getattr(network, "num_prefix_tokens", 1)
    fitted = resample_abs_pos_embed(stored, list(grid.grid_size), num_prefix_tokens=prefix)
    return {**state, "pos_embed": fitted}


def _file_in(path: Path) -> Path:
    if path.is_file():
        return path
    run = RunFolder(path)
    for candidate in (run.last, run.weights):
        if candidate.is_file():
            return candidate
    raise PretrainedWeightsError(
        f"no weights at {str(path)!r}; give none, imagenet, default, a run folder, or a "
        ".safetensors, .pt, .pth or .bin file"
    )


def read_weights(path: Path) -> Mapping[str, Tensor]:
    """Name to tensor in a file of weights; nothing in it is executed.

    PretrainedWeightsError where it cannot be read, or holds more than tensors.
    """
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        stored: Any = torch.load(path, map_location="cpu", weights_only=True)
    except (SafetensorError, OSError, RuntimeError, EOFError, ValueError, KeyError) as error:
        raise PretrainedWeightsError(f"{path} cannot be read: {_first_line(error)}") from error
    except Exception as error:  # a pickle that is more than tensors is refused by its own error
        raise PretrainedWeightsError(
            f"{path} holds more than tensors ({_first_line(error)}); save its state_dict"
        ) from error
    for key in ("state_dict", "model"):
        if isinstance(stored, dict) and isinstance(stored.get(key), dict):
            stored = stored[key]
    if not isinstance(stored, dict):
        raise PretrainedWeightsError(f"{path} holds no state_dict; save one")
    return {k.removeprefix("network."): v for k, v in stored.items() if isinstance(v, Tensor)}


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
