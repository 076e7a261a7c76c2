"""FP32 or INT8: the search for a graph that holds the rule, and what the bundle says of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
from tqdm import tqdm

from genderlens.bundle import (
    INT8_MODEL,
    MODEL,
    Bundle,
    InputSpec,
    Int8Figures,
    Parity,
    PrecisionSpec,
    StoredGap,
    write_bundle,
)
from genderlens.data.manifest import Manifest
from genderlens.export.golden import add_golden
from genderlens.export.int8.crops import read_crops, spread
from genderlens.export.int8.exact_input import with_exact_pixels
from genderlens.export.int8.quantize import (
    STATIC_METHODS,
    FloatGraph,
    Method,
    Ranges,
    calibrate_ranges,
    quantize_dynamic,
    quantize_static,
    read_float_graph,
)
from genderlens.export.int8.rounding import Curvature, Pictures, measure_curvature, round_weights
from genderlens.export.int8.saturation import require_exact_sums
from genderlens.export.int8.verify import (
    LEAST_SPEED_RATIO,
    Floats,
    JudgedFaces,
    Loss,
    compute_logits,
    create_groups,
    measure_loss,
    measure_speed_ratio,
    to_input,
)
from genderlens.graphs.runtime import Session
from genderlens.pictures.imaging import RgbArray
from genderlens.storage import sha256_of_file, write_bytes_atomically

KEPT_IN_FLOAT: Final = (0, 1, 2, 4, 8)
"""How many layers, the most sensitive first, each step of the search leaves in float."""
CALIBRATION_PICTURES: Final = 512
MAX_JUDGING: Final = 5_000
_BATCH: Final = 16


@dataclass(frozen=True)
class Candidate:
    """One INT8 graph and what was measured of it; ``loss`` is None where it was too slow."""

    content: bytes
    method: Method
    float_layers: tuple[str, ...]
    speed_ratio: float
    loss: Loss | None = None
    parity: float | None = None

    def broken_rules(self) -> list[str]:
        """One clause for each rule that does not hold."""
        if self.loss is None:
            return [f"it runs at {self.speed_ratio:.2f} times the speed of FP32"]
        return self.loss.broken_rules()


@dataclass
class Search:
    """Candidates for one FP32 graph, judged; fewest layers in float first."""

    graph: FloatGraph
    spec: InputSpec
    fp32: Session
    teaching: RgbArray
    judged: JudgedFaces
    _ranges: dict[Method, Ranges] = field(default_factory=dict)

    def candidates(self) -> Iterator[Candidate]:
        """Every candidate; a method that is too slow with all layers in INT8 is given up."""
        methods: list[Method] = ["dynamic"] if self.graph.is_transformer else []
        methods += STATIC_METHODS
        for count in KEPT_IN_FLOAT:
            for method in tuple(methods):
                candidate = self._judge(method, self._most_sensitive(count))
                if candidate.loss is None:
                    methods.remove(method)
                yield candidate

    def _judge(self, method: Method, keep_float: Sequence[str]) -> Candidate:
        content = self._quantize(method, keep_float)
        session = Session(content, name=INT8_MODEL)
        ratio = measure_speed_ratio(self.fp32, session, to_input(self.teaching[:1], self.spec))
        candidate = Candidate(content, method, tuple(keep_float), ratio)
        if ratio < LEAST_SPEED_RATIO:
            return candidate
        logits = compute_logits(session, self.judged.crops, self.spec)
        gap = float(np.abs(logits - self._expected).max())
        loss = measure_loss(self.judged, self._expected, logits)
        return Candidate(content, method, tuple(keep_float), ratio, loss, gap)

    def _quantize(self, method: Method, keep_float: Sequence[str]) -> bytes:
        if method == "dynamic":
            return quantize_dynamic(self.graph, keep_float=keep_float)
        plain = quantize_static(self.graph, self._range(method), keep_float=keep_float)
        return require_exact_sums(round_weights(plain, self.graph.model, self._curvature))

    def _range(self, method: Method) -> Ranges:
        assert method != "dynamic"
        if method not in self._ranges:
            self._ranges[method] = calibrate_ranges(self.graph, self._inputs(), method)
        return self._ranges[method]

    def _inputs(self) -> Iterator[Pictures]:
        for batch in np.array_split(self.teaching, -(-len(self.teaching) // _BATCH)):
            yield to_input(batch, self.spec)

    @cached_property
    def _curvature(self) -> Curvature:
        return measure_curvature(self.graph.model, self._inputs())

    def _most_sensitive(self, count: int) -> tuple[str, ...]:
        return self._by_sensitivity[:count] if count else ()

    @cached_property
    def _expected(self) -> Floats:
        return compute_logits(self.fp32, self.judged.crops, self.spec)

    @cached_property
    def _by_sensitivity(self) -> tuple[str, ...]:
        """Layers by how far each alone moves the logits when it is quantised, furthest first."""
        crops = self.teaching[:64]
        expected = compute_logits(self.fp32, crops, self.spec)
        moved = {}
        for layer in tqdm(self.graph.layers, desc="layers", leave=False):
            alone = quantize_static(self.graph, self._range("minmax"), only=[layer])
            logits = compute_logits(Session(alone, name=layer), crops, self.spec)
            moved[layer] = float(np.abs(logits - expected).mean())
        return tuple(sorted(moved, key=moved.__getitem__, reverse=True))


def add_int8(bundle: Bundle, teaching: Manifest, judging: Manifest) -> Bundle:
    """The bundle with an INT8 graph that holds the rule, or with the reason why it has none.

    ``teaching`` sets the ranges of the activations; the rule is judged on ``judging``, both face
    crops.
    """
    search = _start(bundle, teaching, judging)
    best: Candidate | None = None
    for candidate in tqdm(search.candidates(), desc="INT8 candidates", unit="graph"):
        best = _better(best, candidate)
        if not candidate.broken_rules():
            break
    assert best is not None
    (bundle.path / INT8_MODEL).unlink(missing_ok=True)
    if not best.broken_rules():
        write_bytes_atomically(bundle.path / INT8_MODEL, best.content)
    changed: dict[str, object] = {
        "precision": _describe(best, search.judged, bundle.description.precision.parity)
    }
    if not best.broken_rules():
        stem = bundle.description.version.rpartition("-")[0]
        changed["version"] = f"{stem}-{sha256_of_file(bundle.path / INT8_MODEL)[:8]}"
    return add_golden(write_bundle(bundle.path, bundle.description.model_copy(update=changed)))


def _start(bundle: Bundle, teaching: Manifest, judging: Manifest) -> Search:
    spec = bundle.description.input
    judging = spread(judging, MAX_JUDGING)
    outputs = [head.output for head in bundle.heads]
    columns = {"label": list(judging.labels)}
    columns |= {name: judging.column(name) for name in judging.attributes}  # type: ignore[misc]
    judged = JudgedFaces(
        crops=read_crops(judging, spec),
        spec=spec,
        codes=np.asarray([bundle.head.index(label) for label in judging.labels]),
        groups=create_groups(columns),
        calibration=bundle.calibration_for("off"),
        head=bundle.head,
    )
    return Search(
        graph=with_exact_pixels(read_float_graph(bundle.path / MODEL, outputs), spec),
        spec=spec,
        fp32=bundle.create_session(precision="fp32"),
        teaching=read_crops(spread(teaching, CALIBRATION_PICTURES), spec),
        judged=judged,
    )


def _better(best: Candidate | None, candidate: Candidate) -> Candidate:
    """Fewer broken rules win, a measured loss before none; of equals the earlier."""
    if best is None:
        return candidate

    def faults(one: Candidate) -> tuple[bool, int]:
        return one.loss is None, len(one.broken_rules())

    return candidate if faults(candidate) < faults(best) else best


def _describe(best: Candidate, judged: JudgedFaces, before: Parity) -> PrecisionSpec:
    broken = best.broken_rules()
    gap = None
    if best.parity is not None:
        gap = StoredGap(logit=round(best.parity, 5), pictures=len(judged.crops))
    parity = before.model_copy(update={"int8": gap})
    if broken:
        reason = f"of all INT8 graphs tried the best breaks the rule: {'; '.join(broken)}"
        return PrecisionSpec(
            serves="fp32", reason=reason, int8=_figures(best, judged), parity=parity
        )
    reason = f"INT8 runs at {best.speed_ratio:.1f} times the speed of FP32 and holds the rule"
    return PrecisionSpec(serves="int8", reason=reason, int8=_figures(best, judged), parity=parity)


def _figures(best: Candidate, judged: JudgedFaces) -> Int8Figures | None:
    if best.loss is None:
        return None
    return Int8Figures(
        method=best.method,
        float_layers=best.float_layers,
        speed_ratio=round(best.speed_ratio, 2),
        accuracy_lost=round(best.loss.accuracy, 5),
        worst_group=best.loss.worst_group,
        worst_group_lost=round(best.loss.worst_group_lost, 5),
        ece=round(best.loss.ece, 5),
        ece_fp32=round(best.loss.ece_fp32, 5),
        pictures=len(judged.crops),
    )
