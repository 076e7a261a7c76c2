"""An ONNX file of somebody's own; it runs in a process that can be killed, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import onnx

from genderlens.bundle import InputSpec
from genderlens.errors import BundleError
from genderlens.files.plain import read_plain
from genderlens.graphs.scan import MAX_GRAPH_BYTES
from genderlens.guests.process import Guests
from genderlens.heads import MOST_LABELS
from genderlens.importing.foreign import Facts, Floats, ForeignScores, Kind, Sign
from genderlens.importing.onnx_graph import ForeignGraph, read_graph, words_by_number
from genderlens.importing.onnx_rewrite import GraphChanges, rewrite_graph
from genderlens.importing.options import ImportOptions, Layout, Meaning
from genderlens.importing.preprocessing import (
    PREPROCESSOR,
    Preprocessing,
    read_json,
    read_preprocessing,
    to_input_spec,
)
from genderlens.importing.trial import ask_graph
from genderlens.pictures.imaging import RgbArray
from genderlens.storage import sha256_of_bytes

BYTES: Final = Preprocessing(mean=(0.0,) * 3, std=(1.0 / 255.0,) * 3)
"""The normalisation that leaves bytes as they are."""
_SUM_TOLERANCE: Final = 1e-3
Found = TypeVar("Found")


@dataclass(frozen=True)
class OnnxModel:
    """See genderlens.importing.foreign.Foreign."""

    facts: Facts
    graph: ForeignGraph
    content: bytes
    layout: Layout
    meaning: Meaning | None
    guests: Guests

    def answer(self, crops: RgbArray) -> ForeignScores:
        """Its answers, a picture at a time; BundleError where it has too many outputs."""
        values = ask_graph(
            self.guests,
            self.content,
            crops,
            self.facts.input,
            name=self.facts.name,
            output=self.graph.output,
            layout=self.layout,
            dtype=self.graph.dtype,
        )
        require_few(values, self.facts.name)
        return ForeignScores(values, self._are_probabilities(values))

    def write(self, path: Path, sign: Sign, scores: ForeignScores) -> None:
        """The same layers between our input and our logit."""
        changes = GraphChanges(self.facts.input.shape, self.layout, sign, scores)
        onnx.save(rewrite_graph(self.graph, changes), path)

    def _are_probabilities(self, values: Floats) -> bool:
        squash, name, count = self.graph.ending().squash, self.facts.name, values.shape[1]
        if squash == "Sigmoid" and count > 1:
            raise BundleError(
                f"{name} ends in a sigmoid over {count} outputs, which are so many answers; "
                "name the graph's output of one answer with --output, or export it with a softmax"
            )
        if squash is not None:
            if self.meaning == "logits":
                raise BundleError(f"{name} ends in {squash}, so --outputs logits cannot be")
            return True
        within = bool(((values >= 0) & (values <= 1)).all())
        if self.meaning == "probabilities" and not within:
            raise BundleError(
                f"{name} answers {values.min():.3g} to {values.max():.3g}, so --outputs "
                "probabilities cannot be"
            )
        if self.meaning is not None:
            return self.meaning == "probabilities"
        if count > 1:
            return within and bool(np.allclose(values.sum(axis=1), 1.0, atol=_SUM_TOLERANCE))
        if within:
            raise BundleError(
                f"{name} answers {len(values)} pictures with {values.min():.3g} to "
                f"{values.max():.3g}, which may be probabilities or log-odds; say which: "
                "--outputs probabilities, or --outputs logits"
            )
        return False


def open_onnx(
    path: Path, options: ImportOptions, guests: Guests, *, kind: Kind = "onnx", name: str = ""
) -> OnnxModel:
    """The model in a file; see read_graph and to_input_spec for what they raise."""
    name = name or path.name
    try:
        content = read_plain(path, MAX_GRAPH_BYTES)
    except OSError as error:
        raise BundleError(f"{path} cannot be read ({error}); give a plain file") from error
    graph = read_graph(content, name, options.output)
    layout = graph.layout(options.layout)
    facts = Facts(
        kind=kind,
        name=name,
        sha256=sha256_of_bytes(content),
        input=_input(path, graph, layout, options),
        architecture=graph.model.graph.name[:200] or "not stated",
        parameters=graph.parameters(),
        words=graph.words() or _words_beside(path),
    )
    return OnnxModel(facts, graph, content, layout, options.meaning, guests)


def require_few(values: Floats, name: str) -> None:
    """BundleError for a model that gives no number, or more than a head has labels."""
    if values.ndim != 2 or not 1 <= values.shape[1] <= MOST_LABELS:
        count = values.shape[1] if values.ndim == 2 else 0
        raise BundleError(
            f"{name} answers a picture with {count} numbers; a question has at most {MOST_LABELS} "
            "labels, so cut the head of the model down to those that are meant"
        )


def _input(path: Path, graph: ForeignGraph, layout: Layout, options: ImportOptions) -> InputSpec:
    """The file's own size holds; a flag that says another cannot be."""
    shape, name = graph.shape(layout), graph.name
    if shape is not None and options.shape not in {None, shape}:
        asked = "×".join(map(str, options.shape or ()))
        raise BundleError(f"{name} takes pictures of {shape[0]}×{shape[1]} px; --size says {asked}")
    if graph.dtype == "uint8":
        if options.mean or options.std or options.preprocessing:
            raise BundleError(f"{name} takes bytes as they are; leave --mean and --std out")
        known = BYTES
    else:
        known = _beside(path, PREPROCESSOR, read_preprocessing) or Preprocessing()
    return to_input_spec(known, replace(options, shape=shape or options.shape), name)


def _words_beside(path: Path) -> tuple[str, ...]:
    """Those of a ``config.json`` in the same folder, as Optimum writes it."""

    def read(config: Path) -> tuple[str, ...]:
        mapping = read_json(config).get("id2label")
        return words_by_number(mapping) if isinstance(mapping, dict) else ()

    return _beside(path, "config.json", read) or ()


def _beside(path: Path, name: str, read: Callable[[Path], Found]) -> Found | None:
    file = path.with_name(name)
    return read(file) if file.is_file() else None
