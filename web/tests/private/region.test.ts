// @vitest-environment node
import { describe, expect, test } from "vitest";

import { wholeOf, type Raster } from "../../src/private/raster";
import { resizeRegion, shrink } from "../../src/private/region";
import { picture, preprocessing, unpack } from "./fixtures";

function largestGap(a: Raster, b: Raster): number {
  expect([a.width, a.height, a.data.length]).toEqual([b.width, b.height, b.data.length]);
  return Array.from(a.data).reduce(
    (most, value, i) => Math.max(most, Math.abs(value - (b.data[i] ?? 0))),
    0,
  );
}

function withAlpha({ width, height, data }: Raster): Raster {
  const wide = Uint8Array.from({ length: 4 * width * height }, (_, i) =>
    i % 4 === 3 ? 77 : (data[3 * Math.floor(i / 4) + (i % 4)] ?? 0),
  );
  return { width, height, stride: 4, data: wide };
}

describe("regions are Pillow's, byte for byte", () => {
  test.each(preprocessing.regions)(
    "$picture $region $filter",
    ({ picture: name, region, filter, result }) => {
      const source = picture(name);
      const expected = unpack(result);
      const found = resizeRegion(
        source,
        expected.width,
        expected.height,
        { box: region ?? wholeOf(source), roll: 0 },
        filter,
      );
      expect(largestGap(found, expected)).toBe(0);
    },
  );
});

describe("shrinking in two steps is Pillow's, byte for byte", () => {
  test.each(preprocessing.shrunk)("$picture, $gap, $part", ({ gap, part, result, ...of }) => {
    const source = picture(of.picture);
    const expected = unpack(result);
    const found = shrink(source, expected.width, expected.height, gap, part ?? wholeOf(source));
    expect(largestGap(found, expected)).toBe(0);
  });
});

describe("regions that lean are Pillow's, to a level of a few pixels", () => {
  test.each(preprocessing.turned)("$picture $region.roll", ({ picture: name, region, result }) => {
    const expected = unpack(result);
    const { width, height } = expected;
    const found = resizeRegion(picture(name), width, height, region, "bilinear");
    expect(largestGap(found, expected)).toBeLessThanOrEqual(1);
    const wrong = found.data.filter((value, i) => value !== expected.data[i]);
    expect(wrong.length).toBeLessThan(0.01 * found.data.length);
  });
});

test("a picture with a fourth byte per pixel gives the same", () => {
  const source = picture("large");
  const region = { box: [-20, 10, 90, 100] as const, roll: 0 };
  const three = resizeRegion(source, 30, 30, region, "bilinear");
  const four = resizeRegion(withAlpha(source), 30, 30, region, "bilinear");
  expect(largestGap(three, four)).toBe(0);
  const leaning = { box: region.box, roll: 30 };
  const turned = resizeRegion(source, 30, 30, leaning, "bilinear");
  expect(largestGap(resizeRegion(withAlpha(source), 30, 30, leaning, "bilinear"), turned)).toBe(0);
  const small = shrink(withAlpha(source), 20, 13, 2);
  expect(largestGap(small, shrink(source, 20, 13, 2))).toBe(0);
});
