// @vitest-environment node
/** The graph that serves (INT8) in onnxruntime-web answers as the real code does in ONNX Runtime. */
import { readFileSync } from "node:fs";

import { InferenceSession } from "onnxruntime-web/wasm";
import { beforeAll, describe, expect, test } from "vitest";

import type { Outputs } from "../../src/private/planes";
import type { Facts } from "../../src/private/facts";
import { wrapClassifier } from "../../src/private/networks";
import { predictRaster, type RunClassifier } from "../../src/private/predictor";
import type { Box } from "../../src/private/raster";
import { answers, picture } from "./fixtures";
import { ofDetectorAlone } from "./graphs";

/** What the service and the page may differ by. */
const TOLERANCE = 1e-3;
const MODEL = new URL("../../../src/genderlens/models/default/model.int8.onnx", import.meta.url);
let classifier: RunClassifier;

beforeAll(async () => {
  classifier = wrapClassifier(await InferenceSession.create(new Uint8Array(readFileSync(MODEL))));
});

/** Down and across, in shares of the box, where an upright face has its five points. */
const UPRIGHT = [
  [0.35, 0.28],
  [0.35, 0.72],
  [0.55, 0.5],
  [0.74, 0.32],
  [0.74, 0.68],
];

/** Planes in which exactly one face lies, centred on a cell of 4 pixels. */
function planesOf([left, top, right, bottom]: Box, width: number, height: number): Outputs {
  const rows = Math.ceil(height / 32) * 8;
  const columns = Math.ceil(width / 32) * 8;
  const area = rows * columns;
  const x = (left + right) / 8 - 0.5;
  const y = (top + bottom) / 8 - 0.5;
  const cell = Math.floor(y) * columns + Math.floor(x);
  const heat = new Float32Array(area);
  const size = new Float32Array(2 * area);
  const offset = new Float32Array(2 * area);
  heat[cell] = 0.9;
  size[cell] = Math.log((bottom - top) / 4);
  size[area + cell] = Math.log((right - left) / 4);
  offset[cell] = y - Math.floor(y);
  offset[area + cell] = x - Math.floor(x);
  const planes = (data: Float32Array) => ({ data, rows, columns });
  const landmarks = new Float32Array(10 * area);
  for (const [plane, share] of UPRIGHT.flat().entries()) landmarks[plane * area + cell] = share;
  return {
    heat: planes(heat),
    size: planes(size),
    offset: planes(offset),
    landmarks: planes(landmarks),
  };
}

const { faces, probabilities } = answers;
const facts = ofDetectorAlone(answers.facts);
const cases = faces.map((face, i) => ({ face, male: probabilities[i] ?? NaN }));

describe("probabilities within 1e-3 of the service's", () => {
  test.each(cases)("face $face", async ({ face, male }) => {
    const source = picture("large");
    const detector = () => {
      if (!face) throw new Error("not asked under the policy cropped");
      return Promise.resolve(planesOf(face, source.width, source.height));
    };
    const policy = face ? "single" : "cropped";
    const answer = await predictRaster(source, policy, facts, { detector, classifier });
    expect(answer.faces).toHaveLength(1);
    expect(Math.abs((answer.probabilities?.male ?? NaN) - male)).toBeLessThan(TOLERANCE);
    expect(answer.model_version).toBe(facts.version);
  });
});

describe("a head of several labels", () => {
  const labels = ["feminine", "masculine", "androgynous"];
  const worded: Facts = {
    ...facts,
    head: { name: "style", labels, kind: "categorical" },
    calibration: { temperature: 1, abstain_below: 0.5, exponent: 1 },
    tta: "flip",
  };
  const ask = (rows: number[]) =>
    predictRaster(picture("large"), "cropped", worded, {
      detector: () => Promise.reject(new Error("not asked")),
      classifier: () => Promise.resolve(Float32Array.from(rows)),
    });

  test("is the mean over the views of each logit", async () => {
    const answer = await ask([0, 4, 0, 0, 0, 2]);
    const [low, middle, high] = [1, Math.exp(2), Math.E];
    const sum = low + middle + high;
    expect(answer.prediction).toBe("masculine");
    expect(Object.keys(answer.probabilities ?? {})).toEqual(labels);
    expect(answer.probabilities?.masculine).toBeCloseTo(middle / sum, 9);
    expect(answer.probabilities?.androgynous).toBeCloseTo(high / sum, 9);
  });

  test("is uncertain below the threshold", async () => {
    const answer = await ask([0, 0, 0, 0, 0, 0.1]);
    expect(answer).toMatchObject({ outcome: "uncertain", prediction: null });
    expect(answer.confidence).toBe(answer.probabilities?.androgynous);
  });
});

test("nobody in view is refused in the service's words", async () => {
  const source = picture("large");
  const nothing = { data: new Float32Array(2 * 24 * 16), rows: 16, columns: 24 };
  const nowhere = { heat: nothing, size: nothing, offset: nothing, landmarks: nothing };
  const detector = () => Promise.resolve(nowhere);
  const answer = await predictRaster(source, "single", facts, { detector, classifier });
  expect(answer).toMatchObject({
    outcome: "no_person",
    prediction: null,
    confidence: 0,
    person_count: 0,
  });
  expect(answer.error).toMatch(/No person detected/);
});
