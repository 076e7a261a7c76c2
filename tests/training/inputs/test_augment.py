from __future__ import annotations

import pytest
import torch
from torch import Tensor

from genderlens.recipe import AugmentRecipe
from genderlens.training.inputs.augment import BatchAugment
from genderlens.training.inputs.filters import gaussian_blur

NOTHING = AugmentRecipe.nothing()


def augment(batch: Tensor, size_px: int, **changes: float) -> Tensor:
    torch.manual_seed(0)
    recipe = NOTHING.model_copy(update=changes)
    return BatchAugment(recipe)(batch.clone(), (size_px, size_px))


@pytest.fixture
def batch() -> Tensor:
    return torch.rand(6, 3, 48, 48, generator=torch.Generator().manual_seed(1))


def test_nothing_leaves_the_pictures_as_they_are(batch: Tensor) -> None:
    torch.testing.assert_close(augment(batch, 48), batch, atol=2e-4, rtol=0)


@pytest.mark.parametrize("size_px", [32, 48, 64])
def test_everything_at_once_keeps_shape_and_range(batch: Tensor, size_px: int) -> None:
    everything = AugmentRecipe.model_validate(
        dict.fromkeys(AugmentRecipe.model_fields, 0.9) | {"hue_deg": 90.0, "rotation_deg": 45.0}
    )
    result = BatchAugment(everything)(batch, (size_px, size_px))
    assert result.shape == (6, 3, size_px, size_px)
    assert result.isfinite().all()
    assert 0 <= result.min() <= result.max() <= 1


def test_the_seed_decides(batch: Tensor) -> None:
    recipe = AugmentRecipe()
    results = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        results.append(BatchAugment(recipe)(batch.clone(), (32, 32)))
    assert torch.equal(results[0], results[1])
    assert not torch.equal(results[0], results[2])


def test_a_flip_mirrors_left_and_right(batch: Tensor) -> None:
    torch.testing.assert_close(augment(batch, 48, flip_p=1.0), batch.flip(3), atol=2e-4, rtol=0)


def test_grey_has_equal_channels(batch: Tensor) -> None:
    red, green, blue = augment(batch, 48, grey_p=1.0).unbind(1)
    torch.testing.assert_close(red, green, atol=1e-2, rtol=0)
    torch.testing.assert_close(red, blue, atol=1e-2, rtol=0)


def test_hue_and_saturation_leave_grey_alone(batch: Tensor) -> None:
    grey = batch.mean(1, keepdim=True).expand(-1, 3, -1, -1)
    result = augment(grey, 48, hue_deg=180.0, saturation=0.9)
    torch.testing.assert_close(result, grey, atol=1e-2, rtol=0)


def test_brightness_scales_each_picture(batch: Tensor) -> None:
    ratio = augment(batch * 0.5, 48, brightness=0.5) / (batch * 0.5).clamp(min=1e-3)
    factors = ratio[..., 10:-10, 10:-10].flatten(1).median(1).values
    assert factors.std() > 0.05
    assert 0.45 < factors.min() < factors.max() < 1.55


def test_erasing_leaves_a_rectangle_of_one_colour() -> None:
    result = augment(torch.zeros(4, 3, 48, 48), 48, erase_p=1.0)
    for picture in result:
        colours = picture.flatten(1).unique(dim=1)
        assert colours.shape[1] == 2
        share = (picture.sum(0) > 0).float().mean()
        assert 0.15**2 * 0.8 < share < 0.45**2


@pytest.mark.parametrize("change", [{"blur_p": 1.0}, {"low_resolution_p": 1.0}])
def test_losing_detail_lowers_the_variance(batch: Tensor, change: dict[str, float]) -> None:
    result = augment(batch, 48, **change)
    assert result.var() < 0.8 * batch.var()
    assert result.mean() == pytest.approx(float(batch.mean()), abs=0.02)


def test_blur_keeps_what_is_even_and_spreads_a_point() -> None:
    even = torch.full((1, 3, 20, 20), 0.3)
    torch.testing.assert_close(gaussian_blur(even, 2.0), even)
    point = torch.zeros(1, 3, 21, 21)
    point[..., 10, 10] = 1.0
    spread = gaussian_blur(point, 1.5)
    assert float(spread[0, 0].sum()) == pytest.approx(1.0, abs=1e-4)
    offsets = torch.arange(-10.0, 11.0)
    assert float((spread[0, 0].sum(0) * offsets**2).sum()) == pytest.approx(1.5**2, rel=0.1)


def test_shrinking_does_not_alias() -> None:
    stripes = torch.zeros(1, 3, 128, 128)
    stripes[..., ::2] = 1.0
    assert augment(stripes, 32).std() < 0.05


def test_a_rectangle_squeezes_the_square() -> None:
    halves = torch.zeros(2, 3, 48, 48)
    halves[..., 24:, :] = 1.0
    result = BatchAugment(NOTHING)(halves, (48, 32))
    assert result.shape == (2, 3, 48, 32)
    assert float(result[..., :22, :].max()) < 0.01
    assert float(result[..., 26:, :].min()) > 0.99


def test_perspective_leans_some_pictures_and_keeps_their_centre() -> None:
    ramp = torch.linspace(0, 1, 48).view(1, 1, 1, 48).expand(64, 3, 48, 48)
    result = augment(ramp, 48, perspective=0.8, perspective_p=0.5)
    changed = (result - ramp).abs().flatten(1).amax(1) > 0.02
    assert 0.3 < float(changed.float().mean()) < 0.7
    centre = result[..., 23:25, 23:25].mean((1, 2, 3))
    torch.testing.assert_close(centre, torch.full((64,), 0.5), atol=0.02, rtol=0)


def test_perspective_makes_one_side_larger_than_the_other() -> None:
    ramp = torch.linspace(0, 1, 48).view(1, 1, 1, 48).expand(16, 3, 48, 48)
    result = augment(ramp, 48, perspective=0.8, perspective_p=1.0)[:, 0]
    steps = result.diff(dim=2)
    left, right = steps[:, 24, 8:16].mean(1), steps[:, 24, 32:40].mean(1)
    assert ((left / right - 1).abs() > 0.1).float().mean() > 0.5


def test_mixup_is_not_a_matter_of_single_pictures(batch: Tensor) -> None:
    torch.testing.assert_close(augment(batch, 48, mixup_alpha=1.0), batch, atol=2e-4, rtol=0)
