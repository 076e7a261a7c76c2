// @vitest-environment node
/** The real detector in onnxruntime-web looks as coarsely, and finds the same, as the real code. */
import { readFileSync } from "node:fs";

import { InferenceSession } from "onnxruntime-web/wasm";
import { beforeAll, describe, expect, test } from "vitest";

import type { RunDetector } from "../../src/private/centerface";
import { leastScore, neededSide } from "../../src/private/coarse";
import { findFaces } from "../../src/private/confirm";
import type { CoarseLook } from "../../src/private/facts";
import { wrapDetector } from "../../src/private/networks";
import { blank, type Box } from "../../src/private/raster";
import { lookUpright } from "../../src/private/upright";
import { answers, coarse, compose } from "./fixtures";

const GRAPH = new URL("../../../src/genderlens/models/centerface/detector.onnx", import.meta.url);
const { facts } = answers;

const close = (found: Box | undefined, expected: Box) => {
  for (const [side, value] of (found ?? []).entries())
    expect(value).toBeCloseTo(expected[side] ?? 0, 2);
};

describe("beside the service", () => {
  let run: RunDetector;
  beforeAll(async () => {
    run = wrapDetector(await InferenceSession.create(new Uint8Array(readFileSync(GRAPH))));
  });

  test.each(coarse.cases)("on $ground", async (wish) => {
    const picture = compose(wish);
    const found = await findFaces(picture, run, facts, true);
    expect(found).toHaveLength(wish.found.length);
    for (const [i, { box, score }] of wish.found.entries()) {
      expect(found[i]?.score).toBeCloseTo(score, 3);
      close(found[i]?.box, box);
    }
    const settled = await lookUpright(picture, run, facts.looks, found, true);
    for (const [i, box] of wish.settled.entries()) close(settled[i]?.box, box);
  });

  test("a portrait costs one coarse look", async () => {
    const sides: number[] = [];
    const watched: RunDetector = (input, height, width) => {
      sides.push(Math.max(height, width));
      return run(input, height, width);
    };
    const [portrait] = coarse.cases;
    if (!portrait) throw new Error("no case");
    await findFaces(compose(portrait), watched, facts, true);
    expect(sides).toEqual([facts.looks.coarse?.side_px]);
  });
});

const LOOK: CoarseLook = {
  side_px: 128,
  sizes_px: [10, 20],
  min_scores: [0.2, 0.4],
  enough_px: 10,
  narrowest: 0.64,
  settle_px: 60,
  whole_px: 224,
};

test("a small thing may be a face at a lower score than a large one", () => {
  expect([2, 10, 15, 90].map((px) => leastScore(LOOK, px))).toEqual([
    0.2, 0.2, 0.30000000000000004, 0.4,
  ]);
});

test("beside a large sure face, small ones need not be seen", () => {
  const sought = { least: facts.faces, sureScore: 0.65 };
  const face = (side: number, score: number) => ({ box: [0, 0, side, side] as Box, score });
  const picture = blank(500, 250);
  expect(neededSide(sought, [face(200, 0.9)], LOOK, picture)).toBe(50);
  const all = neededSide(sought, [], LOOK, picture);
  expect(all).toBeGreaterThan(200);
  expect(neededSide(sought, [face(200, 0.6)], LOOK, picture)).toBe(all);
});
