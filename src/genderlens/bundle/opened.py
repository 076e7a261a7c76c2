"""An opened bundle: its files are read as they were signed, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from genderlens.bundle.description import (
    DESCRIPTION,
    INT8_MODEL,
    MAX_DESCRIPTION_BYTES,
    MODEL,
    CalibrationSpec,
    Description,
    HeadSpec,
)
from genderlens.calibration import Calibration
from genderlens.errors import (
    BundleIntegrityError,
    SettingsError,
)
from genderlens.files.plain import read_plain
from genderlens.graphs.devices import CPU, find_device
from genderlens.graphs.golden import (
    GOLDEN,
    Check,
    Golden,
    Graph,
    Inputs,
    check_graph,
    find_sound_graph,
    parse_golden,
    tell,
)
from genderlens.graphs.placing import place_graph
from genderlens.graphs.runtime import Session
from genderlens.graphs.scan import MAX_GRAPH_BYTES, scan_model
from genderlens.heads import Head, select_heads
from genderlens.pictures.imaging import normalize
from genderlens.pictures.regions import CropGeometry
from genderlens.storage import sha256_of_bytes
from genderlens.types import Precision, Tta


@dataclass(frozen=True)
class Bundle:
    """A checked bundle on disk."""

    path: Path
    description: Description

    @property
    def version(self) -> str:
        return f"{self.description.name}-{self.description.version}"

    @property
    def crop(self) -> CropGeometry:
        crop = self.description.crop
        return CropGeometry(crop.scale, crop.shift_x, crop.shift_y, crop.aspect, crop.align)

    @property
    def head(self) -> Head:
        """The first head, which is the answer."""
        return self.description.head.to_head()

    @property
    def heads(self) -> tuple[Head, ...]:
        """Every head, the answer first."""
        return tuple(spec.to_head() for spec in self.description.heads)

    @property
    def calibration(self) -> Calibration:
        return self.calibration_for()

    def calibration_for(
        self,
        tta: Tta | None = None,
        target_error: float | None = None,
        *,
        head: str | None = None,
    ) -> Calibration:
        """What a head's logits mean under a test-time augmentation, and the threshold for a target.

        Without a name, the first head's. Where the bundle holds no calibration for ``tta``, its own
        stands in. Raises SettingsError for a target that the bundle stores no threshold for.
        """
        own = self._head_spec(head)
        spec = own.calibrations.get(tta or self.description.inference.tta, own.calibration)
        abstain_below = spec.abstain_below
        if target_error is not None:
            abstain_below = self._threshold(spec, target_error)
        return Calibration(spec.temperature, abstain_below, spec.exponent)

    def _head_spec(self, name: str | None) -> HeadSpec:
        if name is None:
            return self.description.head
        (chosen,) = select_heads(self.heads, [name])
        return self.description.heads[self.heads.index(chosen)]

    def _threshold(self, spec: CalibrationSpec, target_error: float) -> float:
        for stored in spec.thresholds:
            if stored.target_error == target_error:
                return stored.abstain_below
        known = ", ".join(f"{stored.target_error:g}" for stored in spec.thresholds)
        hint = f"it stores {known}" if known else "it stores none; export it again"
        raise SettingsError(
            f"GENDERLENS_TARGET_ERROR={target_error:g}: bundle {self.version} stores no threshold "
            f"for it; {hint}, or set GENDERLENS_ABSTAIN_BELOW"
        )

    def create_session(self, *, threads: int = 1, precision: Precision = "auto") -> Session:
        """The session of ``load_graph``."""
        return self.load_graph(threads=threads, precision=precision).session

    def load_graph(
        self, *, threads: int = 1, precision: Precision = "auto", device: str = CPU
    ) -> Graph:
        """The graph of a precision, or FP32 where INT8 is off on the golden inputs.

        ``device``: where it runs; the CPU stands in, with a line in the log, for one that does not
        start or does not give what was measured. The INT8 graph knows no Grad-CAM. Raises
        SettingsError where INT8 is asked for and the bundle holds none, SettingsError and
        MissingExtraError for a device that is not there, BundleIntegrityError for a graph that is
        not the signed one or is not safe to load, and where FP32 is off as well.
        """
        golden = self.golden()
        names = tuple(dict.fromkeys([self.graph_file(precision), MODEL]))
        inputs = None if golden is None else self._golden_inputs(golden)
        load = partial(self._load, golden, inputs, threads)

        def load_on(where: str) -> Graph:
            float_only = precision == "auto" and find_device(where).float_only
            loaded, check = load(MODEL if float_only else names[0], where)
            return Graph(self.version, loaded, (check,))

        graph = place_graph(
            device,
            load=load_on,
            on_cpu=lambda: find_sound_graph(self.version, names, load),
            inputs=inputs,
        )
        tell([graph.notice])
        return graph

    def _load(
        self,
        golden: Golden | None,
        inputs: Inputs | None,
        threads: int,
        name: str,
        device: str = CPU,
    ) -> tuple[Session, Check]:
        content, path = self.read_graph(name), str(self.path / name)
        session = Session(content, threads=threads, name=path, device=device)
        if golden is None or inputs is None:
            reason = f"bundle {self.version} holds no golden inputs"
            return session, Check(name, "none", reason)
        return session, check_graph(session, name, self.description.files[name], golden, inputs)

    def golden(self) -> Golden | None:
        """The golden inputs, None in a bundle of before there were any."""
        return parse_golden(self.read(GOLDEN)) if GOLDEN in self.description.files else None

    def _golden_inputs(self, golden: Golden) -> Inputs:
        """N×3×H×W, as the graphs take them."""
        spec = self.description.input
        return normalize(golden.unpack(), spec.mean, spec.std)

    def read_graph(self, name: str) -> bytes:
        """The bytes of a signed ONNX file that is safe to load; BundleIntegrityError otherwise."""
        content = self.read(name)
        scan_model(content, str(self.path / name))
        return content

    def read(self, name: str) -> bytes:
        """The bytes of a signed file; BundleIntegrityError where they are not the signed ones.

        What is checked is what was read, so a file that changes later changes nothing, and one that
        ``bundle.json`` does not name is never opened.
        """
        path = self.path / name
        if name not in self.description.files:
            raise BundleIntegrityError(f"{self.path / DESCRIPTION} does not sign {name!r}")
        try:
            content = read_plain(path, MAX_GRAPH_BYTES)
        except OSError as error:
            raise not_plain(path, error) from error
        if sha256_of_bytes(content) != self.description.files[name]:
            raise changed(path)
        return content

    def graph_file(self, precision: Precision) -> str:
        """The name of the graph of a precision; SettingsError for INT8 where there is none."""
        chosen = self.description.precision.serves if precision == "auto" else precision
        if chosen == "fp32":
            return MODEL
        if INT8_MODEL not in self.description.files:
            raise SettingsError(
                f"GENDERLENS_PRECISION=int8: bundle {self.version} holds no {INT8_MODEL} "
                f"({self.description.precision.reason}); set auto, or export it with --int8"
            )
        return INT8_MODEL

    def read_description(self) -> bytes:
        """The bytes of ``bundle.json``; BundleIntegrityError where it is no longer the same."""
        path = self.path / DESCRIPTION
        try:
            content = read_plain(path, MAX_DESCRIPTION_BYTES)
            if Description.model_validate_json(content) == self.description:
                return content
        except (OSError, ValidationError) as error:
            raise not_plain(path, OSError(str(error))) from error
        raise BundleIntegrityError(f"{path} changed since it was loaded; try again")


def not_plain(file: Path, error: OSError) -> BundleIntegrityError:
    return BundleIntegrityError(
        f"{file.parent} must hold {file.name!r} as a plain file ({error}); copy it again"
    )


def changed(file: Path) -> BundleIntegrityError:
    return BundleIntegrityError(
        f"{file} is not the file that {DESCRIPTION} describes (SHA-256 differs); copy it again"
    )
