"""The answer for one picture, as a program wants it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genderlens.heads import Head
from genderlens.heads.default import GENDER
from genderlens.types import Box, FaceResult, HeadAnswer, Outcome, Prediction

if TYPE_CHECKING:
    import pandas
    from PIL.Image import Image

    from genderlens.inference.foreign import ForeignFace
    from genderlens.library.inputs import Input
    from genderlens.library.predictor import PhotoPredictor

_BEFORE = ("source", "outcome", "label", "confidence")
_AFTER = (
    "face",
    "left",
    "top",
    "right",
    "bottom",
    "person_count",
    "error_code",
    "model_version",
)


def list_columns(heads: Sequence[Head]) -> list[str]:
    """Of a data frame: one row a face, or one with the reason where there is none.

    A probability stands for each label of the first head; a further one has its label under its
    name, None where it is uncertain, and the confidence. No cell is nested.
    """
    further = [name for head in heads[1:] for name in (head.name, f"{head.name}_confidence")]
    return [*_BEFORE, *heads[0].share_columns, *_AFTER, *further]


@dataclass(frozen=True)
class Result:
    """What a predictor says of one picture.

    True where it has a label: ``if result: print(result.label)``. ``label``, ``confidence``,
    ``probabilities`` and ``box`` are those of the first face; ``faces`` holds all that the policy
    let through. Boxes are in pixels of the upright picture.
    """

    answer: Prediction
    source: str | None = None
    """Path or address of the picture, where it has one."""
    heads: tuple[Head, ...] = (GENDER,)
    """What was asked; the answer first."""
    _input: Input | None = field(default=None, repr=False, compare=False)
    _predictor: PhotoPredictor | None = field(default=None, repr=False, compare=False)

    def __reduce__(self) -> tuple[Any, ...]:
        """The answer travels to other processes, the picture stays."""
        return Result, (self.answer, self.source, self.heads)

    def __bool__(self) -> bool:
        return self.label is not None

    @property
    def outcome(self) -> Outcome:
        """``classified``, ``uncertain``, ``no_person``, ``many_people`` or ``unreadable``."""
        return self.answer.outcome

    @property
    def label(self) -> str | None:
        """One of the words of the first head; None where there is no answer that is sure enough."""
        return self.answer.prediction

    @property
    def prediction(self) -> str | None:
        """The same as ``label``, by the name that it has over HTTP."""
        return self.label

    @property
    def confidence(self) -> float:
        """Of the likelier label, for the first face; 0 without one."""
        return self.answer.confidence

    @property
    def probabilities(self) -> dict[str, float] | None:
        """Of every label, summing to 1; None without a face."""
        return self.answer.probabilities

    @property
    def attributes(self) -> dict[str, HeadAnswer]:
        """What further heads say of the first face, by name, where they were asked."""
        return {answer.head.name: answer for answer in self.answer.attributes}

    @property
    def box(self) -> Box | None:
        """Of the first face; None without one, or where the whole picture is the face."""
        return self.answer.faces[0].box if self.answer.faces else None

    @property
    def faces(self) -> tuple[FaceResult, ...]:
        """One for each face that the policy let through."""
        return self.answer.faces

    @property
    def person_count(self) -> int:
        """How many people count in the picture."""
        return self.answer.person_count

    @property
    def error(self) -> str | None:
        """Why there is no face, in a sentence; None where there is one."""
        return self.answer.error

    @property
    def error_code(self) -> str | None:
        """The stable name of ``error``."""
        return self.answer.error_code

    @property
    def model_version(self) -> str:
        """The bundle, or bundles, that answered."""
        return self.answer.model_version

    @property
    def device(self) -> str | None:
        """What the model ran on; None where the result came from elsewhere."""
        return self._predictor.device if self._predictor else None

    @property
    def timings_ms(self) -> dict[str, float]:
        """Milliseconds of ``decode``, ``detect`` and ``classify``."""
        return self.answer.timings_ms

    def to_dict(self) -> dict[str, Any]:
        """As the HTTP API gives it, with ``source`` and ``error_code``."""
        return {"source": self.source, **self.answer.to_dict(), "error_code": self.error_code}

    def to_rows(self) -> list[dict[str, Any]]:
        """Flat rows, one a face, with the keys of ``list_columns``."""
        faces: tuple[FaceResult | None, ...] = self.faces or (None,)
        return [self._row(index, face) for index, face in enumerate(faces)]

    def to_pandas(self) -> pandas.DataFrame:
        """A data frame of ``to_rows``; ModuleNotFoundError where pandas is not installed."""
        from genderlens.library.frames import to_frame

        return to_frame([self])

    def to_supervision(self) -> Any:
        """``supervision.Detections``: class ids number the labels, ``uncertain`` comes last.

        ModuleNotFoundError without supervision, LookupError where the picture cannot be read.
        """
        from genderlens.inference.foreign import to_supervision

        return to_supervision(self._foreign(), self.image().size, self.heads[0].labels)

    def to_fiftyone(self) -> Any:
        """``fiftyone.Detections``, for a field of a sample.

        ModuleNotFoundError without FiftyOne, LookupError where the picture cannot be read.
        """
        from genderlens.inference.foreign import to_fiftyone

        return to_fiftyone(self._foreign(), self.image().size)

    def plot(self) -> Image:
        """The picture with a box and words for each face; LookupError where it cannot be read."""
        from genderlens.library.drawing import draw_faces

        return draw_faces(self.image(), self)

    def save(self, path: str | Path) -> Path:
        """Write ``plot()`` to a file whose ending says the format; the path."""
        path = Path(path)
        self.plot().save(path)
        return path

    def image(self) -> Image:
        """The upright picture in RGB; LookupError where it cannot be read (any more)."""
        if self._input is None or self._predictor is None:
            raise LookupError("this result was made without its picture")
        return self._predictor.open(self._input)

    def explain(self) -> Image:
        """Grad-CAM over the first face: which places spoke for the answer.

        LookupError where there is no face or the picture cannot be read.
        """
        if self._input is None or self._predictor is None or not self.faces:
            raise LookupError(f"there is no face to explain: {self.error or 'no picture'}")
        return self._predictor.explain(self._input)

    def explain_faces(self) -> list[Image]:
        """A panel for each face: as the network sees it, beside what spoke for the answer.

        LookupError where the picture cannot be read (any more); empty where there is no face.
        """
        if not self.faces:
            return []
        if self._input is None or self._predictor is None:
            raise LookupError("this result was made without its picture")
        return self._predictor.explain_faces(self._input, self.answer)

    def __str__(self) -> str:
        where = f"{self.source}: " if self.source else ""
        if not self.faces:
            return f"{where}{self.outcome.value} ({self.error_code})"
        said = [f"{f.prediction or f.outcome.value} {f.confidence:.1%}" for f in self.faces]
        said += [
            f"{name} {a.prediction or a.outcome.value} {a.confidence:.1%}"
            for name, a in self.attributes.items()
        ]
        return where + ", ".join(said)

    def _repr_png_(self) -> bytes | None:
        """What a notebook shows; nothing where there is no picture."""
        from genderlens.library.drawing import to_png

        try:
            return to_png(self.plot())
        except LookupError:
            return None

    def _foreign(self) -> list[ForeignFace]:
        from genderlens.inference.foreign import ForeignFace

        return [ForeignFace(face.box, face.prediction, face.confidence) for face in self.faces]

    def _row(self, index: int, face: FaceResult | None) -> dict[str, Any]:
        box = face.box if face else None
        return {
            "source": self.source,
            "outcome": (face.outcome if face else self.outcome).value,
            "label": face.prediction if face else None,
            "confidence": face.confidence if face else 0.0,
            **(face.answer.cells() if face else dict.fromkeys(self.heads[0].share_columns)),
            "face": index if face else None,
            "left": box.left if box else None,
            "top": box.top if box else None,
            "right": box.right if box else None,
            "bottom": box.bottom if box else None,
            "person_count": self.person_count,
            "error_code": self.error_code,
            "model_version": self.model_version,
            **self._attribute_cells(face),
        }

    def _attribute_cells(self, face: FaceResult | None) -> dict[str, Any]:
        told = {answer.head.name: answer for answer in face.attributes} if face else {}
        cells: dict[str, Any] = {}
        for head in self.heads[1:]:
            answer = told.get(head.name)
            cells[head.name] = answer.prediction if answer else None
            cells[f"{head.name}_confidence"] = answer.confidence if answer else None
        return cells
