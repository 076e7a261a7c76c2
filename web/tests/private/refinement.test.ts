import { describe, expect, test } from "vitest";

import type { RefinementLook } from "../../src/private/facts";
import { blank } from "../../src/private/raster";
import { refineSquare } from "../../src/private/refinement";
import cases from "../fixtures/refinement.json";

const LOOK: RefinementLook = {
  side_px: 64,
  times: 1,
  reducing_gap: 2,
  square: 1.5,
  min_score: 0.5,
  most_error: 0.02,
};

describe("a face that a small network places", () => {
  test.each(cases)("$about", async ({ row, box, points }) => {
    const run = (input: Uint8Array, side: number) => {
      expect(input).toHaveLength(3 * side * side);
      return Promise.resolve(Float32Array.from(row));
    };
    const square = { box: [0, 0, 100, 100] as const, roll: 0 };
    const found = await refineSquare(blank(100, 100), run, LOOK, square);
    expect(found?.box).toEqual(box ?? undefined);
    expect(found?.points).toEqual(points ?? undefined);
  });
});
