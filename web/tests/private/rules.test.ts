// @vitest-environment node
import { describe, expect, test } from "vitest";

import { probabilityPositive, sharesOf } from "../../src/private/calibration";
import { survey } from "../../src/private/survey";
import { decode, type Planes } from "../../src/private/planes";
import { judgeFaces, prominent } from "../../src/private/gate";
import { around, VIEWS, viewOf } from "../../src/private/geometry";
import { readLandmarks, readPose, roundHalfEven } from "../../src/private/pose";
import { blank, type Box } from "../../src/private/raster";
import { answers, preprocessing } from "./fixtures";

const { looks } = answers.facts;

describe("calibration", () => {
  test.each(preprocessing.calibrated)("$calibration", ({ calibration, logits, probabilities }) => {
    for (const [i, logit] of logits.entries()) {
      expect(probabilityPositive(logit, calibration)).toBeCloseTo(probabilities[i] ?? NaN, 12);
    }
  });
});

describe("shares by label", () => {
  const calibration = { temperature: 1.7, abstain_below: 0.5, exponent: 1 };
  const labels = ["feminine", "masculine", "androgynous"];
  const head = { name: "style", labels, kind: "categorical" } as const;

  // What genderlens.calibration.Calibration.shares gives.
  test.each([
    [
      [2, -1, 0.5],
      [0.6308968182265493, 0.10803296864607166, 0.26107021312737916],
    ],
    [
      [-300, 0, 300],
      [5.243178248799746e-154, 2.2897987354350047e-77, 1],
    ],
  ])("of several labels by softmax: %j", (logits, expected) => {
    const found = sharesOf(head, logits, calibration);
    expect(found.map(([label]) => label)).toEqual(labels);
    for (const [i, [, share]] of found.entries()) expect(share).toBeCloseTo(expected[i] ?? NaN, 12);
  });

  test("of two labels the positive one first", () => {
    const binary = { name: "x", labels: ["no", "yes"], kind: "binary" } as const;
    const [[first, yes], [second, no]] = sharesOf(binary, [1.7], calibration) as [
      [string, number],
      [string, number],
    ];
    expect([first, second]).toEqual(["yes", "no"]);
    expect(yes).toBeCloseTo(1 / (1 + Math.exp(-1)), 12);
    expect(yes + no).toBe(1);
  });
});

describe("crop geometry", () => {
  test.each(preprocessing.crops)("aspect $crop.aspect", ({ face, roll, crop, square }) => {
    const landmarks = { points: [], trust: 1, roll };
    const region = around({ box: face, score: 0.9, landmarks }, crop);
    expect(region.roll).toBe(roll);
    for (const [i, side] of region.box.entries()) expect(side).toBeCloseTo(square[i] ?? NaN, 9);
  });

  test("only models that say so are cut leaning", () => {
    const landmarks = { points: [], trust: 1, roll: 40 };
    const plain = { scale: 1, shift_x: 0, shift_y: 0, aspect: 1 };
    expect(around({ box: [0, 0, 10, 10], score: 1, landmarks }, plain).roll).toBe(0);
  });

  test("views keep their centre", () => {
    const view = viewOf({ box: [0, 0, 10, 20], roll: 7 }, 0.9);
    expect(view).toEqual({ box: [0.5, 1, 9.5, 19], roll: 7 });
    expect(VIEWS.crops).toHaveLength(6);
  });
});

describe("poses", () => {
  test.each(preprocessing.poses)("$told", ({ points, turned_by: turnedBy, pose, told }) => {
    const read = readPose(points, looks.pose);
    expect(read.roll).toBeCloseTo(pose.roll, 9);
    expect(read.yaw).toBeCloseTo(pose.yaw, 9);
    expect(read.misfit).toBeCloseTo(pose.misfit, 7);
    const landmarks = readLandmarks(points, 27, looks.pose, turnedBy);
    expect(landmarks.trust).toBeCloseTo(told.trust, 7);
    expect(landmarks.roll).toBe(told.roll);
  });
});

const { detections } = preprocessing;
const planes = (data: number[]): Planes => ({
  data: Float32Array.from(data),
  rows: detections.rows,
  columns: detections.columns,
});
const outputs = {
  heat: planes(detections.heat),
  size: planes(detections.size),
  offset: planes(detections.offset),
  landmarks: planes(detections.landmarks),
};

describe("faces out of the detector's planes", () => {
  test("boxes and scores, best first", () => {
    const found = decode(outputs, detections.min_score);
    expect(found.map(({ score }) => score)).toEqual(detections.scores);
    for (const [i, { box, points }] of found.entries()) {
      for (const [side, value] of box.entries())
        expect(value).toBeCloseTo(detections.boxes[i]?.[side] ?? NaN, 3);
      for (const [p, [x, y]] of points.entries()) {
        expect(Math.abs(x - (detections.points[i]?.[p]?.[0] ?? NaN))).toBeLessThan(0.07);
        expect(Math.abs(y - (detections.points[i]?.[p]?.[1] ?? NaN))).toBeLessThan(0.07);
      }
    }
  });

  test("overlapping ones count once, and boxes end at the picture's edge", async () => {
    const { faces: found } = await survey(
      blank(48, 32),
      () => Promise.resolve(outputs),
      480,
      looks,
      { least: { ...answers.facts.faces, min_score: detections.min_score }, sureScore: 0.65 },
      detections.min_score,
    );
    expect(found.map(({ score }) => score)).toEqual(
      detections.kept.map((index) => detections.scores[index]),
    );
    for (const { box } of found) {
      expect(Math.min(...box)).toBeGreaterThanOrEqual(0);
      expect(box[2]).toBeLessThanOrEqual(48);
      expect(box[3]).toBeLessThanOrEqual(32);
    }
  });

  test("a second, smaller look where the first finds nothing", async () => {
    const seen: number[] = [];
    const nothing = { ...outputs, heat: planes(detections.heat.map(() => 0)) };
    await survey(
      blank(400, 200),
      (_, height, width) => (seen.push(height, width), Promise.resolve(nothing)),
      480,
      { ...looks, coarse: null },
      { least: answers.facts.faces, sureScore: 0.65 },
      0.4,
    );
    expect(seen).toEqual([224, 416, 64, 128]);
  });
});

test("halves are rounded to even, as Python does", () => {
  expect([0.5, 1.5, 2.5, 2.4, 2.6].map(roundHalfEven)).toEqual([0, 2, 2, 2, 3]);
});

describe("the gate", () => {
  const face = (box: Box, score = 0.9) => ({ box, score });
  const scene = blank(400, 300);
  const { faces: least } = answers.facts;

  test("small, unsure and dwarfed faces do not count", () => {
    const large = face([0, 0, 100, 120]);
    const found = [face([0, 0, 10, 10]), face([0, 0, 50, 50]), large, face([9, 9, 99, 99], 0.4)];
    expect(prominent(found, scene, least)).toEqual([large]);
  });

  test("policies", () => {
    const two = [face([0, 0, 100, 120]), face([100, 0, 200, 120])];
    expect(judgeFaces([], "single")).toEqual({ refusal: "no_person" });
    expect(judgeFaces(two, "single")).toEqual({ refusal: "many_people" });
    expect(judgeFaces(two, "largest")).toEqual({ faces: two.slice(0, 1) });
    expect(judgeFaces(two, "all")).toEqual({ faces: two });
  });
});
