// @vitest-environment node
/** A face is looked for where it was, and the whole frame wherever that may not be enough. */
import { expect, test } from "vitest";

import type { RunDetector } from "../../src/private/centerface";
import { findFaces } from "../../src/private/confirm";
import type { Outputs } from "../../src/private/planes";
import { blank, overlap } from "../../src/private/raster";
import { Tracker, WHOLE_EVERY_MS } from "../../src/private/tracking";
import { answers, coarse, compose } from "./fixtures";
import { loadDetector, ofDetectorAlone, watch } from "./graphs";

const facts = ofDetectorAlone(answers.facts);
const NEAR = facts.looks.closer_px;
const WHOLE = 96;
const frame = blank(WHOLE, WHOLE);

/** A face in the picture: where its centre is, its side, in shares of what is looked at. */
interface Shown {
  at: [across: number, down: number];
  side: number;
  score: number;
}

const face: Shown = { at: [0.5, 0.5], side: 1 / 3, score: 0.75 };
const near: Shown = { ...face, side: 0.5 };

function planesOf(shown: Shown[], rows: number, columns: number): Outputs {
  const area = rows * columns;
  const planes = (count: number) => ({ data: new Float32Array(count * area), rows, columns });
  const outputs = { heat: planes(1), size: planes(2), offset: planes(2), landmarks: planes(10) };
  for (const { at, side, score } of shown) {
    const cell = Math.floor(at[1] * rows) * columns + Math.floor(at[0] * columns);
    outputs.heat.data[cell] = score;
    outputs.size.data[cell] = outputs.size.data[area + cell] = Math.log(side * columns);
  }
  return outputs;
}

/** A camera whose frames show this in whole and from near, and the sides that were looked at. */
class Scene {
  whole: Shown[] = [face];
  near: Shown[] = [near];
  nowMs = 0;
  sides: number[] = [];
  readonly tracker = new Tracker(() => this.nowMs);

  readonly run: RunDetector = (_, height, width) => {
    this.sides.push(width);
    const shown = width === NEAR ? this.near : this.whole;
    return Promise.resolve(planesOf(shown, height / 4, width / 4));
  };

  /** Looks at the next frame; how many faces count. */
  async next(): Promise<number> {
    this.sides = [];
    return (await this.tracker.find(frame, this.run, facts, true)).length;
  }
}

test("the only face costs one look from near", async () => {
  const scene = new Scene();
  expect(await scene.next()).toBe(1);
  expect(scene.sides).toEqual([WHOLE]);
  for (let i = 0; i < 3; i++) {
    expect(await scene.next()).toBe(1);
    expect(scene.sides).toEqual([NEAR]);
  }
});

test("where a small network places the face, the detector need not look", async () => {
  const scene = new Scene();
  const row = Float32Array.from([0.9, 0.02, 0, 0.6, 0.6, ...Array<number>(10).fill(0), 0.01]);
  const run: RunDetector = Object.assign(
    (...given: Parameters<RunDetector>) => scene.run(...given),
    { refine: () => Promise.resolve(row) },
  );
  const find = async () => {
    scene.sides = [];
    const [found, ...others] = await scene.tracker.find(frame, run, facts, true);
    expect(others).toEqual([]);
    return found;
  };
  const first = await find();
  expect(scene.sides).toEqual([WHOLE]);
  const second = await find();
  expect(scene.sides).toEqual([]);
  expect(second?.score).toBe(first?.score);
  expect(second?.box).not.toEqual(first?.box);
  row[0] = 0.1; // sure of nothing: the detector looks
  await find();
  expect(scene.sides).toEqual([NEAR]);
});

test("the whole frame is looked at again in time, and whoever came in is seen", async () => {
  const scene = new Scene();
  await scene.next();
  scene.whole = [
    { ...face, at: [0.2, 0.5] },
    { ...face, at: [0.8, 0.5] },
  ];
  scene.nowMs = WHOLE_EVERY_MS - 1;
  expect(await scene.next()).toBe(1);
  scene.nowMs = WHOLE_EVERY_MS;
  expect(await scene.next()).toBe(2);
  expect(scene.sides).toEqual([WHOLE]);
});

test("looks from near do not put off the look at the whole frame", async () => {
  const scene = new Scene();
  const looked: number[] = [];
  for (; scene.nowMs <= 2 * WHOLE_EVERY_MS; scene.nowMs += WHOLE_EVERY_MS / 4) {
    await scene.next();
    looked.push(...scene.sides);
  }
  expect(looked.filter((side) => side === WHOLE)).toHaveLength(3);
});

test.each([
  ["gone", []],
  ["not sure", [{ ...near, score: facts.doubt.sure_score - 0.05 }]],
  ["elsewhere", [{ ...near, at: [0.95, 0.95] }]],
  ["too small to count", [{ ...near, side: 0.05 }]],
  ["not alone", [near, { ...near, at: [0.9, 0.9], side: 0.4, score: 0.4 }]],
] as [string, Shown[]][])("a face that is %s: the whole frame, at once", async (_, shown) => {
  const scene = new Scene();
  await scene.next();
  scene.near = shown;
  scene.whole = [];
  expect(await scene.next()).toBe(0);
  expect(scene.sides.slice(0, 2)).toEqual([NEAR, WHOLE]);
});

test("several faces, or one that is not sure: whole frames alone", async () => {
  const scene = new Scene();
  scene.whole = [
    { ...face, at: [0.2, 0.5] },
    { ...face, at: [0.8, 0.5] },
  ];
  for (let i = 0; i < 2; i++) {
    expect(await scene.next()).toBe(2);
    expect(scene.sides).toEqual([WHOLE]);
  }
  scene.whole = [{ ...face, score: facts.faces.min_score + 0.0625 }];
  for (let i = 0; i < 2; i++) {
    expect(await scene.next()).toBe(1);
    expect(scene.sides[0]).toBe(WHOLE);
  }
});

test("a look that fails is followed by one at the whole frame", async () => {
  const scene = new Scene();
  await scene.next();
  const fails = () => Promise.reject(new Error("no memory"));
  await expect(scene.tracker.find(frame, fails, facts, true)).rejects.toThrow("no memory");
  await scene.next();
  expect(scene.sides).toEqual([WHOLE]);
});

test("a portrait is followed without a look of the detector", async () => {
  const run = await loadDetector();
  const sides: string[] = [];
  const watched = watch(run, sides);
  const [portrait] = coarse.cases;
  if (!portrait) throw new Error("no case");
  const picture = compose(portrait);
  const [expected] = await findFaces(picture, run, answers.facts, true);
  const { find } = new Tracker(() => 0);
  await find(picture, watched, answers.facts, true);
  sides.length = 0;
  const follow = async (detector: RunDetector) => {
    const [found, ...others] = await find(picture, detector, answers.facts, true);
    expect(others).toEqual([]);
    expect(found && expected && overlap(found.box, expected.box)).toBeGreaterThan(0.75);
  };
  for (let i = 0; i < 3; i++) await follow(watched);
  expect(sides).toEqual([]);
  const alone = Object.assign(watch(run, sides), { refine: undefined });
  for (let i = 0; i < 3; i++) await follow(alone);
  expect(sides).toEqual(Array(3).fill(`detector ${NEAR}`));
});
