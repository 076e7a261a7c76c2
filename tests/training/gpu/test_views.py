from __future__ import annotations

import dataclasses

import pytest
import torch

from genderlens.training.gpu.views import ViewRecipe, Views, whole

NOTHING = ViewRecipe(**dict.fromkeys((f.name for f in dataclasses.fields(ViewRecipe)), 0.0))


def pictures(count: int = 16, side: int = 40) -> torch.Tensor:
    """Smooth pictures, each of another colour, brighter to the right."""
    torch.manual_seed(0)
    colours = torch.randint(40, 160, (count, 3, 1, 1))
    ramp = torch.linspace(0, 80, side).view(1, 1, 1, side)
    return (colours + ramp).expand(count, 3, side, side).to(torch.uint8).contiguous()


def test_a_view_that_changes_nothing_is_the_picture_or_its_mirror_image() -> None:
    batch = pictures()
    views = Views(NOTHING)(batch, 40)
    as_is = batch.float() / 255.0
    same = (views - as_is).abs().amax((1, 2, 3)) < 1e-5
    mirrored = (views - as_is.flip(3)).abs().amax((1, 2, 3)) < 1e-5
    assert (same ^ mirrored).all()
    assert 0 < int(same.sum()) < len(batch)


@pytest.mark.parametrize("side", [16, 32, 40, 64])
def test_views_have_the_side_asked_for_and_stay_in_range(side: int) -> None:
    views = Views(ViewRecipe(noise_p=1.0, erase_p=1.0, codec_p=0.5))(pictures(), side)
    assert views.shape == (16, 3, side, side)
    assert float(views.min()) >= 0.0
    assert float(views.max()) <= 1.0
    assert views.isfinite().all()


def test_shrinking_does_not_alias() -> None:
    lines = torch.zeros(8, 3, 64, 64, dtype=torch.uint8)
    lines[..., ::2] = 255
    views = Views(NOTHING)(lines, 32)
    assert float((views - 0.5).abs().max()) < 0.02


@pytest.mark.parametrize(
    "name",
    [
        "scale",
        "shift",
        "rotation_deg",
        "squeeze",
        "lean",
        "brightness",
        "contrast",
        "saturation",
        "hue_deg",
        "grey_p",
        "blur_p",
        "low_resolution_p",
        "codec_p",
        "noise_p",
        "erase_p",
    ],
)
def test_each_change_changes_something(name: str) -> None:
    torch.manual_seed(1)
    batch = torch.randint(0, 256, (8, 3, 40, 40), dtype=torch.uint8)
    value = {"rotation_deg": 30.0, "hue_deg": 60.0}.get(name, 1.0 if name.endswith("_p") else 0.3)
    changed = Views(dataclasses.replace(NOTHING, **{name: value}))(batch, 40)
    as_is = batch.float() / 255.0
    nearest = torch.minimum(
        (changed - as_is).abs().amax((1, 2, 3)), (changed - as_is.flip(3)).abs().amax((1, 2, 3))
    )
    assert float(nearest.max()) > 0.02


def test_nothing_reads_chance_from_anywhere_but_the_seed() -> None:
    def once() -> torch.Tensor:
        torch.manual_seed(5)
        return Views(ViewRecipe())(pictures(), 32)

    assert torch.equal(once(), once())


def test_what_is_judged_is_the_whole_picture() -> None:
    batch = pictures(4)
    assert torch.equal(whole(batch, 40), batch.float() / 255.0)
    assert whole(batch, 20).shape == (4, 3, 20, 20)
