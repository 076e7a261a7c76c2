"""A checkpoint of timm, or a run of ours: weights, and the network that they are of."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import torch
from pydantic import ValidationError
from torch import Tensor, nn

from genderlens.errors import BundleError, PretrainedWeightsError
from genderlens.export.bundle import without_folders
from genderlens.heads import MOST_LABELS, Head
from genderlens.heads.default import GENDER
from genderlens.importing.foreign import Facts, Kind, Order, Sign, Trained
from genderlens.importing.network import OneLogit, TorchModel
from genderlens.importing.options import ImportOptions
from genderlens.importing.preprocessing import (
    Preprocessing,
    parse_preprocessing,
    read_json,
    to_input_spec,
)
from genderlens.recipe import Recipe
from genderlens.storage import sha256_of_file
from genderlens.training.architectures import create_network, is_timm_name
from genderlens.training.weights.heads import find_last_linear, keep_logits, replace_head
from genderlens.training.weights.pretrained import read_weights

_FILES: Final = ("model.safetensors", "pytorch_model.bin", "model.pth")
_OURS: Final = frozenset({"num_classes", "pretrained"})
"""Arguments of a network that are decided here."""
_PREFIXES: Final = ("module.", "_orig_mod.", "model.")
"""What wrappers put before the names of weights."""


@dataclass(frozen=True)
class _Config:
    """What ``config.json`` or ``recipe.json`` say."""

    architecture: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    known: Preprocessing = field(default_factory=Preprocessing)
    words: tuple[str, ...] = ()


def open_timm(path: Path, options: ImportOptions) -> TorchModel:
    """The network of a checkpoint, or of a folder as timm writes it for the hub.

    BundleError where the weights are not readable, or no file and no flag names the network.
    """
    folder, weights = (path, _find_weights(path)) if path.is_dir() else (path.parent, path)
    config = _read_config(folder / "config.json")
    return _open(path, weights, config, options, kind="timm")


def open_run(path: Path, options: ImportOptions) -> TorchModel:
    """The network of a run folder of any version, cut down to the logits of its first head."""
    recipe = read_json(path / "recipe.json")
    config = _read_config(path / "config.json")
    if config.architecture is None:
        config = _config_of_recipe(recipe)
    weights = path / "model.safetensors"
    if not weights.is_file():
        raise BundleError(f"{path} holds no model.safetensors: the training has not finished")
    trained, answer = _read_training(path, recipe), _read_answer(recipe)
    opened = _open(path, weights, config, options, kind="run", order=answer.labels, trained=trained)
    last = find_last_linear(opened.network)[1]
    if answer.width < last.out_features:
        keep_logits(opened.network, range(answer.width))
    return opened


def fold_head(network: nn.Module, sign: Sign) -> nn.Module:
    """The network with a last layer of one logit, ``sign`` times the second less the first.

    A single one is multiplied by ``sign``; more than two stay as they are. Where the last layer
    does not give the answers, a layer behind them does it.
    """
    network = deepcopy(network)
    if getattr(network, "num_classes", 0) > 2:
        return network
    if not _ends_in_linear(network):
        return OneLogit(network, sign)
    name, head = find_last_linear(network)
    folded = nn.Linear(head.in_features, 1, bias=head.bias is not None)
    with torch.no_grad():
        folded.weight.copy_(_difference(head.weight, sign))
        if head.bias is not None:
            folded.bias.copy_(_difference(head.bias, sign))
    replace_head(network, name, folded)
    return network


def _ends_in_linear(network: nn.Module) -> bool:
    linear = [module for module in network.modules() if isinstance(module, nn.Linear)]
    return bool(linear) and linear[-1].out_features == getattr(network, "num_classes", None)


def _difference(values: Tensor, sign: Sign) -> Tensor:
    return sign * (values[1:] - values[:1] if len(values) == 2 else values)


def _open(
    path: Path,
    weights: Path,
    config: _Config,
    options: ImportOptions,
    *,
    kind: Kind,
    order: Order | None = None,
    trained: Trained | None = None,
) -> TorchModel:
    name = path.resolve().name
    architecture = options.architecture or config.architecture
    if architecture is None:
        raise BundleError(
            f"{path} does not say which network its weights are of; give --architecture, as in "
            "--architecture timm:resnet18, or the config.json of timm beside it"
        )
    state = _read_state(weights)
    network = _create(architecture, config.options, state, str(path))
    facts = Facts(
        kind=kind,
        name=name,
        sha256=sha256_of_file(weights),
        input=to_input_spec(config.known, options, str(path)),
        architecture=architecture,
        parameters=sum(parameter.numel() for parameter in network.parameters()),
        words=config.words,
        order=order,
        trained=trained,
        remarks=config.known.remarks,
    )
    return TorchModel(facts, network.eval(), reduce=fold_head)


def _find_weights(folder: Path) -> Path:
    for name in _FILES:
        if (folder / name).is_file():
            return folder / name
    raise BundleError(f"{folder} holds none of {', '.join(_FILES)}; give the file of the weights")


def _read_state(path: Path) -> dict[str, Tensor]:
    try:
        state = dict(read_weights(path))
    except PretrainedWeightsError as error:
        raise BundleError(error.message) from error
    for prefix in _PREFIXES:
        if state and all(name.startswith(prefix) for name in state):
            state = {name.removeprefix(prefix): value for name, value in state.items()}
    return state


def _create(
    architecture: str, options: Mapping[str, Any], state: Mapping[str, Tensor], source: str
) -> nn.Module:
    """The network with its own head: as many outputs as its last layer stores, or one or two."""
    name = f"timm:{architecture}" if is_timm_name(architecture) else architecture
    head = _head_of(create_network(name, 2, dict(options)), state)
    if head is not None and not 1 <= head <= MOST_LABELS:
        raise BundleError(
            f"{source} has {head} outputs; a question has at most {MOST_LABELS} labels, so cut its "
            "head down to those that are meant"
        )
    faults = []
    for outputs in (1, 2) if head is None else (head,):
        network = create_network(name, outputs, dict(options))
        try:
            network.load_state_dict(dict(state))
        except RuntimeError as error:
            faults.append(str(error))
            continue
        return network
    lines = [line.strip() for line in faults[-1].splitlines() if line.strip()]
    raise BundleError(
        f"{source} does not fit {architecture}: {' '.join(lines[1:2] or lines)[:300]}; give the "
        "network that the weights are of with --architecture"
    )


def _head_of(network: nn.Module, state: Mapping[str, Tensor]) -> int | None:
    if not _ends_in_linear(network):
        return None
    stored = state.get(f"{find_last_linear(network)[0]}.weight")
    return None if stored is None else len(stored)


def _read_config(path: Path) -> _Config:
    if not path.is_file():
        return _Config()
    data = read_json(path)
    own = data.get("pretrained_cfg")
    words = data.get("label_names") or (own or {}).get("label_names") or ()
    return _Config(
        architecture=data.get("architecture"),
        options={k: v for k, v in (data.get("model_args") or {}).items() if k not in _OURS},
        known=parse_preprocessing(own or {}, str(path)),
        words=tuple(str(word) for word in words),
    )


def _read_training(path: Path, stored: Mapping[str, Any]) -> Trained:
    """Recipes of other versions may not be understood; their run is imported all the same."""
    facts = read_json(path / "run.json") if (path / "run.json").is_file() else {}
    try:
        recipe = Recipe.model_validate(stored)
    except ValidationError:
        return Trained({}, "", "", 0)
    return Trained(
        recipe=without_folders(recipe),
        recipe_sha256=recipe.fingerprint(),
        manifest_sha256=str(facts.get("manifest_sha256", "")),
        train_rows=int(facts.get("train_rows", 0)),
    )


def _read_answer(stored: Mapping[str, Any]) -> Head:
    """The first head of a run; that of a recipe of another version is the default one."""
    try:
        return Recipe.model_validate(stored).head
    except ValidationError:
        return GENDER


def _config_of_recipe(recipe: Mapping[str, Any]) -> _Config:
    """Of a run that holds no ``config.json``."""
    model, given = recipe.get("model", {}), recipe.get("input", {})
    height = given.get("size_px")
    shape = None if height is None else (height, given.get("width_px") or height)
    known = parse_preprocessing(given, "recipe.json")
    return _Config(
        architecture=model.get("architecture"),
        options=model.get("options", {}),
        known=Preprocessing(known.mean, known.std, shape, known.interpolation),
    )
