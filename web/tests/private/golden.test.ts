// @vitest-environment node
/** A graph that does not give here what was measured never answers. */
import { readFileSync } from "node:fs";

import { InferenceSession } from "onnxruntime-web/wasm";
import { beforeAll, expect, test, vi } from "vitest";

import type { Facts, Golden } from "../../src/private/facts";
import { chooseClassifier, findFault } from "../../src/private/golden";
import { wrapClassifier } from "../../src/private/networks";
import type { RunClassifier } from "../../src/private/predictor";
import { answers } from "./fixtures";

const FOLDER = new URL("../../../src/genderlens/models/default/", import.meta.url);
const bytes = (name: string) => new Uint8Array(readFileSync(new URL(name, FOLDER)));
const create = async (model: Uint8Array) => wrapClassifier(await InferenceSession.create(model));

interface Stored {
  shape: Golden["shape"];
  pictures: string;
  graphs: Record<string, { logits: number[]; bound: number }>;
}

const stored = JSON.parse(new TextDecoder().decode(bytes("golden.json"))) as Stored;
const int8 = stored.graphs["model.int8.onnx"];
const fp32 = stored.graphs["model.onnx"];
if (!int8 || !fp32) throw new Error("the shipped bundle states both graphs");
const facts: Facts = {
  ...answers.facts,
  fallback: { file: "fallback.onnx", bytes: 1, sha256: "" },
  golden: {
    shape: stored.shape,
    pictures: stored.pictures,
    expected: { "model.onnx": int8, "fallback.onnx": fp32 },
  },
};
const expecting = (expected: Golden["expected"]): Facts => ({
  ...facts,
  golden: facts.golden ? { ...facts.golden, expected } : null,
});
const moved = (by: number) => ({ ...int8, logits: int8.logits.map((logit) => logit + by) });
let model: RunClassifier;

beforeAll(async () => {
  model = await create(bytes("model.int8.onnx"));
});

test("both shipped graphs give in WebAssembly what was measured", async () => {
  expect(await findFault(model, facts, "model.onnx")).toBe("");
  expect(await findFault(await create(bytes("model.onnx")), facts, "fallback.onnx")).toBe("");
});

test("the model answers, and the fallback is not asked for", async () => {
  const fetchFallback = vi.fn();
  const chosen = await chooseClassifier(facts, bytes("model.int8.onnx"), create, fetchFallback);
  expect(chosen.fallback).toBeUndefined();
  expect(fetchFallback).not.toHaveBeenCalled();
});

test("a model that is off is replaced, and says by how much", async () => {
  const off = expecting({ "model.onnx": moved(0.05), "fallback.onnx": fp32 });
  const chosen = await chooseClassifier(off, bytes("model.int8.onnx"), create, () =>
    Promise.resolve(bytes("model.onnx")),
  );
  expect(chosen.fallback).toMatch(/^model\.onnx is off by 0\.050 in a logit, at most 0\.01 is/);
  expect(await findFault(chosen.classifier, facts, "fallback.onnx")).toBe("");
});

test.each([
  ["both are off", expecting({ "model.onnx": moved(1), "fallback.onnx": moved(1) })],
  ["there is no fallback", { ...expecting({ "model.onnx": moved(1) }), fallback: null }],
  ["nothing is known of either", expecting({})],
])("where %s nothing answers", async (_, off) => {
  const wanted = chooseClassifier(off, bytes("model.int8.onnx"), create, () =>
    Promise.resolve(bytes("model.onnx")),
  );
  await expect(wanted).rejects.toThrow(/cannot answer on this device: /);
});

test.each([
  ["too few logits", () => Promise.resolve(Float32Array.from(int8.logits.slice(1)))],
  ["too many logits", () => Promise.resolve(Float32Array.from([...int8.logits, 0]))],
  ["no numbers", () => Promise.resolve(new Float32Array(int8.logits.length).fill(NaN))],
  ["an error", () => Promise.reject(new Error("out of memory"))],
])("%s is a fault", async (_, run) => {
  expect(await findFault(run, facts, "model.onnx")).toMatch(/^model\.onnx is off by /);
});

test("a model of before there were golden inputs answers unchecked", async () => {
  const before: Facts = { ...facts, golden: null };
  const chosen = await chooseClassifier(before, bytes("model.int8.onnx"), create, vi.fn());
  expect(chosen.fallback).toBeUndefined();
});
