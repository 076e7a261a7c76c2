// @vitest-environment node
/** The real detector in onnxruntime-web looks as coarsely, and finds the same, as the real code. */
import { readFileSync } from "node:fs";

import { beforeAll, describe, expect, test } from "vitest";

import type { RunDetector } from "../../src/private/centerface";
import { leastScore, neededSide } from "../../src/private/coarse";
import { findFaces } from "../../src/private/confirm";
import type { CoarseLook } from "../../src/private/facts";
import { createDetector } from "../../src/private/networks";
import { blank, type Box } from "../../src/private/raster";
import { lookUpright } from "../../src/private/upright";
import { answers, coarse, compose } from "./fixtures";

const MODELS = new URL("../../../src/genderlens/models/centerface/", import.meta.url);
const load = (name: string) => new Uint8Array(readFileSync(new URL(name, MODELS)));
const { facts } = answers;

const close = (found: Box | undefined, expected: Box) => {
  for (const [side, value] of (found ?? []).entries())
    expect(value).toBeCloseTo(expected[side] ?? 0, 2);
};

describe("beside the service", () => {
  let run: RunDetector;
  beforeAll(async () => {
    run = await createDetector(load("detector.onnx"), load("refinement.onnx"));
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

test("a face that was seen coarsely is placed without a closer look", async () => {
  const run = await createDetector(load("detector.onnx"), load("refinement.onnx"));
  const looks: number[] = [];
  const watched = Object.assign(
    (input: Uint8Array, height: number, width: number) => {
      looks.push(width);
      return run(input, height, width);
    },
    { refine: run.refine },
  );
  const [portrait] = coarse.cases;
  if (!portrait) throw new Error("no case");
  const picture = compose(portrait);
  const found = await findFaces(picture, run, facts, true);
  const settled = await lookUpright(picture, watched, facts.looks, found, true);
  expect(looks).toEqual([]);
  expect(settled[0]?.box).not.toEqual(found[0]?.box);
  watched.refine = () => Promise.resolve(new Float32Array(16)); // sure of nothing
  await lookUpright(picture, watched, facts.looks, found, true);
  expect(looks).toEqual([facts.looks.closer_px]);
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
