"""What a bundle's network sees in a picture: the numbers that enter its last linear layer."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from genderlens.bundle import MODEL, Bundle
from genderlens.cpus import map_in_threads
from genderlens.data.manifest import Manifest
from genderlens.data.sources.images import iterate_contents, stored_order
from genderlens.errors import BundleError, DataError, ImageError
from genderlens.graphs.protocol import FLOAT
from genderlens.graphs.runtime import Session
from genderlens.graphs.scan import parse_model
from genderlens.pictures.imaging import RgbArray, decode_image, normalize, resize_region
from genderlens.types import Detection

BATCH: Final = 64
_LINEAR: Final = frozenset({"Gemm", "MatMul"})

Floats = NDArray[np.float32]
Regions = Sequence[Detection | None] | None
"""The face of each row (None: not to be looked at), or no such list where pictures are crops."""


class Network:
    """A bundle's model that answers with activations; loaded once."""

    def __init__(self, bundle: Bundle, *, threads: int = 1) -> None:
        path = bundle.path / MODEL
        model = parse_model(bundle.read_graph(MODEL), str(path))
        name = find_penultimate(model.graph, bundle.head.output)
        if name is None:
            raise BundleError(
                f"{path} ends in no linear layer, so it has no activations to judge labels by; "
                "give another bundle"
            )
        del model.graph.output[:]
        model.graph.output.add(name=name).type.tensor_type.elem_type = FLOAT
        self._session = Session(model.SerializeToString(), threads=threads, name=str(path))
        self._bundle = bundle

    def square(self, content: bytes, face: Detection | None) -> RgbArray:
        """The network's view of an encoded picture, or of the face in it; raises ImageError."""
        spec = self._bundle.description.input
        region = self._bundle.crop.around(face) if face else None
        image = decode_image(content)
        return resize_region(image, spec.shape, region=region, interpolation=spec.interpolation)

    def activations(self, crops: Sequence[RgbArray]) -> Floats:
        """N×D of N crops."""
        spec = self._bundle.description.input
        values = normalize(np.stack(crops), spec.mean, spec.std)
        outputs = self._session.run({self._session.input_name: values})
        found: Floats = outputs[0].reshape(len(crops), -1)
        return found


def find_penultimate(graph: Any, output: str) -> str | None:
    """The name of what enters the linear layer nearest to an output, None where there is none."""
    weights = _constants(graph)
    makers = {name: node for node in graph.node for name in node.output}
    waiting = deque([output])
    seen = set[str]()
    while waiting:
        node = makers.get(waiting.popleft())
        if node is None or node.output[0] in seen:
            continue
        seen.add(node.output[0])
        inputs = [name for name in node.input if name not in weights]
        if node.op_type in _LINEAR and len(inputs) == 1:
            return str(inputs[0])
        waiting.extend(inputs)
    return None


def _constants(graph: Any) -> set[str]:
    """Weights, and what nodes make of weights alone: half precision is cast, INT8 is scaled."""
    names = {tensor.name for tensor in graph.initializer}
    for node in graph.node:  # ONNX graphs are sorted
        if node.input and all(name in names for name in node.input if name):
            names.update(node.output)
    return names


def take_activations(
    network: Network, manifest: Manifest, regions: Regions = None, *, progress: bool = True
) -> tuple[list[int], Floats]:
    """Rows that could be looked at, and their activations (rows × D).

    The bar appears on stderr once the work takes more than a second.
    """
    order = [r for r in stored_order(manifest) if regions is None or regions[r] is not None]
    crops = _crops(network, manifest, regions, order)
    bar = tqdm(total=len(order), desc="activations", delay=1.0, leave=False, disable=not progress)
    rows, found = list[int](), list[Floats]()
    with bar:
        while batch := list(islice(crops, BATCH)):
            seen = [(row, square) for row, square in batch if square is not None]
            rows += [row for row, _ in seen]
            if seen:
                found.append(network.activations([square for _, square in seen]))
            bar.update(len(batch))
    return rows, np.concatenate(found) if found else np.zeros((0, 1), np.float32)


def _crops(
    network: Network, manifest: Manifest, regions: Regions, order: Sequence[int]
) -> Iterator[tuple[int, RgbArray | None]]:
    """Each row with its square, several decoded at a time; None for what cannot be read."""
    chosen = [regions[row] if regions else None for row in order]
    contents = zip(iterate_contents(manifest.take(order)), chosen, strict=True)
    yield from zip(order, map_in_threads(partial(_attempt, network), contents), strict=True)


def _attempt(network: Network, item: tuple[bytes | DataError, Detection | None]) -> RgbArray | None:
    content, region = item
    if isinstance(content, DataError):
        return None
    try:
        return network.square(content, region)
    except ImageError:
        return None
