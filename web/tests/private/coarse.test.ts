// @vitest-environment node
/** The real detector in onnxruntime-web looks as coarsely, and finds the same, as the real code. */
import { beforeAll, describe, expect, test } from "vitest";

import type { RunDetector } from "../../src/private/centerface";
import { leastScore, neededSide } from "../../src/private/coarse";
import { findFaces } from "../../src/private/confirm";
import type { CoarseLook } from "../../src/private/facts";
import { blank, type Box } from "../../src/private/raster";
import { lookUpright } from "../../src/private/upright";
import { answers, coarse, compose } from "./fixtures";
import { loadDetector, ofDetectorAlone, watch } from "./graphs";

const { facts } = answers;

const close = (found: Box | undefined, expected: Box) => {
  for (const [side, value] of (found ?? []).entries())
    expect(value).toBeCloseTo(expected[side] ?? 0, 2);
};

describe("beside the service", () => {
  let run: RunDetector;
  beforeAll(async () => {
    run = await loadDetector();
  });

  test.each(coarse.cases)("on $ground", async (wish) => {
    const picture = compose(wish);
    const sides: string[] = [];
    const found = await findFaces(picture, watch(run, sides), facts, true);
    expect(found).toHaveLength(wish.found.length);
    for (const [i, { box, score }] of wish.found.entries()) {
      expect(found[i]?.score).toBeCloseTo(score, 3);
      close(found[i]?.box, box);
    }
    const settled = await lookUpright(picture, run, facts.looks, found, true);
    for (const [i, box] of wish.settled.entries()) close(settled[i]?.box, box);
  });

  test("a portrait costs one coarse look of the small network", async () => {
    const sides: string[] = [];
    const [portrait] = coarse.cases;
    if (!portrait) throw new Error("no case");
    const picture = compose(portrait);
    const watched = watch(run, sides);
    const found = await findFaces(picture, watched, facts, true);
    await lookUpright(picture, watched, facts.looks, found, true);
    expect(sides).toEqual([`coarse ${facts.looks.coarse?.side_px}`]);
  });

  test("one that the refinement network doubts costs one of the detector, too", async () => {
    const sides: string[] = [];
    const [portrait] = coarse.cases;
    if (!portrait) throw new Error("no case");
    const doubting = Object.assign(watch(run, sides), {
      refine: () => Promise.resolve(new Float32Array(16)), // sure of nothing
    });
    const found = await findFaces(compose(portrait), doubting, facts, true);
    expect(found).toHaveLength(1);
    const side = facts.looks.coarse?.side_px;
    expect(sides).toEqual([`coarse ${side}`, `detector ${side}`]);
  });
});

test("where nobody is, the detector itself sees no more than small squares", async () => {
  const sides: string[] = [];
  const run = watch(await loadDetector(), sides);
  const [portrait] = coarse.cases;
  if (!portrait) throw new Error("no case");
  const scene = compose({ ...portrait, ground: [640, 480], portraits: [] });
  expect(await findFaces(scene, run, facts, false)).toEqual([]);
  expect(sides).toContain(`proposals ${facts.looks.proposals?.input_px}`);
  const most = facts.looks.proposals?.side_px ?? 0;
  const own = sides.filter((side) => side.startsWith("detector"));
  expect(own.every((side) => Number(side.split(" ")[1]) <= most)).toBe(true);
  delete run.propose;
  await expect(findFaces(scene, run, facts, false)).rejects.toThrow("proposals.onnx is missing");
});

test("a face that the detector saw coarsely is placed without a closer look", async () => {
  const run = await loadDetector();
  const sides: string[] = [];
  const watched = watch(run, sides);
  const [portrait] = coarse.cases;
  if (!portrait) throw new Error("no case");
  const picture = compose(portrait);
  const alone = ofDetectorAlone(facts);
  const found = await findFaces(picture, run, alone, true);
  const settled = await lookUpright(picture, watched, facts.looks, found, true);
  expect(sides).toEqual([]);
  expect(settled[0]?.box).not.toEqual(found[0]?.box);
  watched.refine = () => Promise.resolve(new Float32Array(16)); // sure of nothing
  await lookUpright(picture, watched, facts.looks, found, true);
  expect(sides).toEqual([`detector ${facts.looks.closer_px}`]);
});

test("a plan that names a network which is missing is refused", async () => {
  const run: RunDetector = () => Promise.reject(new Error("not asked"));
  const [portrait] = coarse.cases;
  if (!portrait) throw new Error("no case");
  await expect(findFaces(compose(portrait), run, facts, true)).rejects.toThrow(
    "coarse.onnx is missing",
  );
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
