"""DETR: a person detector that looks at whole scenes, run by ``transformers``.

Carion et al., "End-to-End Object Detection with Transformers", ECCV 2020. Needs the extra
``[detr]``. ``torch`` and ``transformers`` are imported when a detector is built, not before.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from PIL import Image

from genderlens.errors import DetectorError, GenderlensError, MissingExtraError
from genderlens.types import Box, Detection

PERSON: Final = "person"
"""The name of the class in COCO."""


class DetrPeople:
    """Person detector; scores lie in 0..1, boxes in pixels of the picture given.

    ``model`` is a name on the Hugging Face hub or a local folder. Weights are read from
    safetensors only, so that loading them runs no code.
    """

    def __init__(
        self, model: str = "facebook/detr-resnet-50", *, min_score: float = 0.7, threads: int = 1
    ) -> None:
        try:
            self._processor, self._network = _load(model)
        except ImportError as error:
            raise MissingExtraError("detr", f"the person detector {model!r}") from error
        except Exception as error:
            raise DetectorError(
                f"the person detector {model!r} cannot be loaded: {error}; give the name of a "
                "detection model on the Hugging Face hub or a folder that holds one"
            ) from error
        self._person_ids = _find_person_ids(self._network.config.id2label, model)
        self.min_score = min_score
        self.threads = threads

    def detect(self, image: Image.Image) -> list[Detection]:
        """People, best first; DetectorError when anything goes wrong."""
        try:
            return self._look(image)
        except GenderlensError:
            raise
        except Exception as error:
            raise DetectorError(f"the person detector failed: {error}") from error

    def _look(self, image: Image.Image) -> list[Detection]:
        import torch

        inputs = self._processor(images=image, return_tensors="pt")
        with torch.inference_mode(), _torch_threads(self.threads):
            outputs = self._network(**inputs)
        if not (outputs.logits.isfinite().all() and outputs.pred_boxes.isfinite().all()):
            raise DetectorError("the person detector answered with numbers that are not finite")
        [found] = self._processor.post_process_object_detection(
            outputs, threshold=self.min_score, target_sizes=[(image.height, image.width)]
        )
        people = [
            Detection(_clip(box, image.size), score)
            for score, label, box in zip(
                *(found[key].tolist() for key in ("scores", "labels", "boxes")), strict=True
            )
            if label in self._person_ids
        ]
        return sorted(people, key=lambda person: person.score, reverse=True)


def _load(model: str) -> tuple[Any, Any]:
    """Processor and network; ValueError where the file lacks some of the network's weights."""
    import transformers

    processors: Any = transformers.AutoImageProcessor
    networks: Any = transformers.AutoModelForObjectDetection
    processor = processors.from_pretrained(model, trust_remote_code=False)
    network, report = networks.from_pretrained(
        model, use_safetensors=True, trust_remote_code=False, output_loading_info=True
    )
    absent = sorted(report["missing_keys"]) + sorted(map(str, report["mismatched_keys"]))
    if absent:
        raise ValueError(f"{len(absent)} of its weights are absent, the first is {absent[0]}")
    return processor, network.eval()


def _find_person_ids(names: dict[int, str], model: str) -> frozenset[int]:
    found = frozenset(index for index, name in names.items() if name.strip().lower() == PERSON)
    if not found:
        known = ", ".join(list(names.values())[:10])
        raise DetectorError(
            f"the detector {model!r} knows no class {PERSON!r}, its classes begin with {known}; "
            "give a model that was trained on COCO"
        )
    return found


@contextmanager
def _torch_threads(count: int) -> Iterator[None]:
    """PyTorch's thread count belongs to the process, so it is put back."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _clip(box: list[float], size: tuple[int, int]) -> Box:
    left, right = (min(max(x, 0.0), float(size[0])) for x in (box[0], box[2]))
    top, bottom = (min(max(y, 0.0), float(size[1])) for y in (box[1], box[3]))
    return Box(left, top, right, bottom)
