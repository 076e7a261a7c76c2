"""How a detector looks at a picture, as data beside its graph, run alike by service and browser."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from genderlens.errors import DetectorError

LOOKS: Final = "looks.json"
"""The file beside the graph."""

Share = Annotated[float, Field(ge=0, le=1)]
Pixels = Annotated[int, Field(ge=32, le=4096)]
Times = Annotated[float, Field(ge=1)]
Network = Literal["detector", "coarse"]
"""What looks: the detector itself, or the small network beside it."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Suspecting(_Strict):
    """From which score on what was seen may be a face: ``min_scores[0]`` where it has
    ``sizes_px[0]`` or less, ``min_scores[1]`` at ``sizes_px[1]`` or more, between them in
    proportion.
    """

    sizes_px: tuple[float, float]
    min_scores: tuple[Share, Share]

    def least_score(self, seen_px: float) -> float:
        """The score from which on what was seen so large may be a face."""
        (small, large), (low, high) = self.sizes_px, self.min_scores
        share = min(1.0, max(0.0, (seen_px - small) / (large - small)))
        return low + share * (high - low)


class CoarseLook(_Suspecting):
    """A first look at ``side_px``, and the finest one only where faces that may count need it.

    A face is seen whose box has ``enough_px`` (root of its area) in the pixels of a look; faces are
    at least ``narrowest`` times as wide as high. What scores less than a face that counts may be
    one, and looks from near and far tell where it would count: from ``min_scores[0]`` on where it
    has ``sizes_px[0]`` or less, from ``min_scores[1]`` on at ``sizes_px[1]`` or more, and between
    them in proportion. A face seen at less than ``settle_px`` is looked at alone before it is cut
    out. A picture of at most ``whole_px`` is looked at whole, and once. The small network decides
    where it is sure of a face, ``believed_score`` at least: it knows less of what is none.
    """

    network: Network = "detector"
    believed_score: Share = 0.65
    side_px: Pixels
    enough_px: float = Field(ge=1)
    narrowest: float = Field(gt=0, le=1)
    settle_px: float = Field(ge=1)
    whole_px: Pixels


class ProposalLook(_Suspecting):
    """Where the finest look has to look, instead of everywhere.

    A small network sees the picture at ``input_px``, made smaller with ``reducing_gap`` as Pillow
    has it, and what it scores ``min_scores[0]`` or more may be a face where it has ``sizes_px[0]``
    or less (root of its area), ``min_scores[1]`` at ``sizes_px[1]`` or more, and between them in
    proportion.
    Around those that score ``sure_score`` the detector looks finely, in windows of ``window`` of
    their longer sides, of ``least_px`` pixels at least. At each of the others that no such window
    shows it looks in a square of ``square`` of its sides, ``side_px`` pixels wide, and looks finely
    as well around what scores ``seen_score`` there. Neither goes where a face is too small to count
    even if it is larger than told by ``size_errors``, of the small network and of the detector in
    the square. Where there are more than ``most_places`` to look at, or the windows make up more
    than ``whole_share`` of the picture, it looks at all of it.
    """

    input_px: Pixels
    reducing_gap: Times
    sure_score: Share
    most_places: int = Field(ge=1)
    square: float = Field(ge=1, le=4)
    side_px: Pixels
    seen_score: Share
    window: float = Field(ge=1, le=8)
    least_px: Pixels
    whole_share: Share
    size_errors: tuple[Times, Times]


class TurnedLook(_Strict):
    """Looks of ``network`` at the picture turned by each of the quarters, where nobody counts.

    A face counts that scores ``min_score`` and is seen clearly from near and far.
    """

    network: Network = "detector"
    side_px: Pixels
    quarters: tuple[Annotated[int, Field(ge=1, le=3)], ...]
    min_score: Share


class CropLook(_Strict):
    """Looks at a picture that is cut out around a face already, to see whether it leans.

    What is looked at is a square of ``square`` of its longer sides. A face that scores
    ``sure_score`` upright is believed; otherwise the one that scores most upright or from any of
    the quarters of TurnedLook, ``min_score`` at least. Whoever cut it out may have aligned it, so
    that smaller rolls are left than in a photo: up to ``ignored_roll`` it is upright, from
    ``whole_roll`` on it leans as seen, and between them the one passes into the other.
    """

    square: float = Field(ge=1, le=4)
    sure_score: Share
    min_score: Share
    ignored_roll: float = Field(ge=0)
    whole_roll: float = Field(gt=0)


class UprightLook(_Strict):
    """Closer looks at a face that leans ``from_roll`` degrees, or whose points do not fit a face.

    The square looked at has ``square`` of the face's longer sides and leans as the face seems to;
    what is found there is looked at again in the same way, ``times`` in all, while it still leans.
    """

    from_roll: float = Field(gt=0, le=180)
    from_misfit: float = Field(gt=0)
    square: float = Field(ge=1, le=4)
    min_score: Share
    times: int = Field(ge=1, le=4)
    most_faces: int = Field(ge=1)


class RefinementLook(_Strict):
    """A small network that places a face which was seen coarsely, instead of a closer look.

    It is shown a square of ``square`` of the face's longer sides at ``side_px``, and believed where
    it is sure of the face, ``min_score`` at least, and of the box, ``most_error`` at most, in sides
    of the square. That is done ``times`` times, each around the box that was told before, which
    makes the last one depend less on the first. ``reducing_gap`` as Pillow has it.
    """

    side_px: Pixels
    times: int = Field(default=1, ge=1, le=3)
    reducing_gap: Times = 2.0
    square: float = Field(ge=1, le=4)
    min_score: Share
    most_error: Share


class PoseModel(_Strict):
    """What five points of a face say of its roll; lengths in roots of the area of the box.

    ``face``: where an upright face has them (across, down) from the centre of its box.
    ``yaw_roll``: degrees that a face seems to lean per ``yaw``, which is how far the nose lies
    beside the middle in heights from eyes to mouth; yaw counts up to ``most_yaw``.
    Trust falls from 1 to 0 between two misfits, and between two sizes in pixels of what was looked
    at. Up to ``ignored_roll`` degrees a face is upright, from ``whole_roll`` on it leans as seen,
    and between them the one passes into the other.
    """

    face: tuple[tuple[float, float], ...] = Field(min_length=5, max_length=5)
    yaw_roll: float
    most_yaw: float = Field(ge=0)
    misfits: tuple[float, float]
    sizes_px: tuple[float, float]
    ignored_roll: float = Field(ge=0)
    whole_roll: float = Field(gt=0)


class Looks(_Strict):
    """The strategy: the finest look's resolution is a setting, all else stands here.

    Without ``coarse`` every picture is looked at as finely as that, whatever is in it; without
    ``proposals`` that look sees all of the picture; without
    ``refinement`` every face that was seen coarsely is looked at closer; without ``crop`` pictures
    that are cut out already are taken as they are.
    ``small_px``: the longer side of the look at a picture in which the first look saw nobody;
    ``closer_px``: the side of the square in which one face is looked at.
    """

    small_px: Pixels
    closer_px: Pixels
    coarse: CoarseLook | None = None
    proposals: ProposalLook | None = None
    turned: TurnedLook
    upright: UprightLook
    refinement: RefinementLook | None = None
    crop: CropLook | None = None
    pose: PoseModel

    @property
    def networks(self) -> set[Network]:
        """Those that look."""
        coarse = self.coarse.network if self.coarse else "detector"
        return {"detector", coarse, self.turned.network}


@cache
def read_looks(path: Path) -> Looks:
    """The looks in a file; DetectorError where it cannot be read or says something else."""
    try:
        return Looks.model_validate_json(path.read_bytes())
    except OSError as error:
        raise DetectorError(
            f"the looks of the face detector {path} cannot be read: {error.strerror}; "
            "install genderlens again"
        ) from error
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"]) or "the file"
        raise DetectorError(
            f"{path}: {where}: {fault['msg']}; install genderlens anew, or make the file with "
            "python -m tools.detector"
        ) from error
