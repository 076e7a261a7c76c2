// @vitest-environment node
/** A real portrait that leans is seen upright, and answered as the service answers it. */
import { beforeAll, describe, expect, test } from "vitest";

import { lookTurned } from "../../src/private/centerface";
import { findFaces } from "../../src/private/confirm";
import { createClassifier } from "../../src/private/networks";
import { predictRaster, type Networks } from "../../src/private/predictor";
import { overlap } from "../../src/private/raster";
import { turnQuarters } from "../../src/private/turned";
import { lookUpright } from "../../src/private/upright";
import { leaning, unpack } from "./fixtures";
import { load, loadDetector } from "./graphs";

const { facts, cases } = leaning;
let networks: Networks;

beforeAll(async () => {
  networks = {
    detector: await loadDetector(),
    classifier: await createClassifier(load("default/model.int8.onnx")),
  };
});

describe("beside the service", () => {
  test.each(cases)("leaning by $roll", async ({ picture, box, roll, trust, male }) => {
    const answer = await predictRaster(unpack(picture), "single", facts, networks);
    expect(Math.abs((answer.probabilities?.male ?? NaN) - male)).toBeLessThan(1e-3);
    for (const [side, value] of (answer.faces[0]?.box ?? []).entries())
      expect(value).toBeCloseTo(box[side] ?? NaN, 2);
    const faces = await findFaces(unpack(picture), networks.detector, facts, true);
    const { looks } = facts;
    const [face] = await lookUpright(unpack(picture), networks.detector, looks, faces, true);
    expect(face?.landmarks?.roll).toBe(roll);
    expect(face?.landmarks?.trust).toBeCloseTo(trust, 2);
  });

  test.each(cases)("cut out already, leaning by $roll", async ({ picture, maleAsCrop }) => {
    const answer = await predictRaster(unpack(picture), "cropped", facts, networks);
    expect(Math.abs((answer.probabilities?.male ?? NaN) - maleAsCrop)).toBeLessThan(1e-3);
    expect(answer.faces[0]?.box).toBeNull();
  });

  test("models that do not align answer by the box as it was found", async () => {
    const plain = { ...facts, crop: { ...facts.crop, align: "none" as const } };
    const upright = unpack(cases[0]?.picture ?? { width: 0, height: 0, data: "" });
    const [mine, theirs] = [
      await predictRaster(upright, "single", plain, networks),
      await predictRaster(upright, "single", facts, networks),
    ];
    expect(mine.probabilities).toEqual(theirs.probabilities);
  });
});

test.each([1, 2, 3])("a face that leans by %i quarters is found where it is", async (quarters) => {
  const picture = unpack(cases[0]?.picture ?? { width: 0, height: 0, data: "" });
  const lying = turnQuarters(picture, 4 - quarters);
  const found = await lookTurned(lying, networks.detector, facts.looks);
  const face = found.find((one) => one.quarters === quarters);
  const [left = 0, top = 0, right = 0, bottom = 0] = cases[0]?.box ?? [];
  const { width, height } = picture;
  const expected = {
    1: [height - bottom, left, height - top, right],
    2: [width - right, height - bottom, width - left, height - top],
    3: [top, width - right, bottom, width - left],
  }[quarters] as [number, number, number, number];
  expect(overlap(face?.box ?? [0, 0, 0, 0], expected)).toBeGreaterThan(0.75);
});
