/**
 * Golden inputs: pictures and the logits that a graph must give for them, before it answers here.
 * Mirrors genderlens.graphs.golden.
 */
import { ApiFailure } from "../api/failure";
import type { Facts, Golden, GraphName, InputSpec } from "./facts";
import { normalize, type RunClassifier } from "./predictor";
import type { Raster } from "./raster";

export interface Chosen {
  classifier: RunClassifier;
  /** Why the fallback answers in place of the model; none where the model does. */
  fallback?: string;
}

/**
 * The model, or the fallback where the model is off on this device.
 * Fails where neither gives what was measured; models of before there were golden inputs pass.
 */
export async function chooseClassifier(
  facts: Facts,
  model: Uint8Array,
  create: (model: Uint8Array) => Promise<RunClassifier>,
  fetchFallback: () => Promise<Uint8Array>,
): Promise<Chosen> {
  const classifier = await create(model);
  const fault = await findFault(classifier, facts, "model.onnx");
  if (!fault) return { classifier };
  if (!facts.fallback) throw refuse(facts, fault);
  const other = await create(await fetchFallback());
  const worse = await findFault(other, facts, "fallback.onnx");
  if (worse) throw refuse(facts, `${fault}; ${worse}`);
  return { classifier: other, fallback: fault };
}

/** What is wrong with a graph on this device; empty where nothing is. */
export async function findFault(
  run: RunClassifier,
  { golden, input }: Facts,
  name: GraphName,
): Promise<string> {
  if (!golden) return "";
  const expected = golden.expected[name];
  if (!expected) return `nothing is known of what ${name} must give`;
  const logits = await runGolden(run, golden, input).catch(() => new Float32Array());
  const gaps = expected.logits.map((logit, i) => Math.abs((logits[i] ?? NaN) - logit));
  const gap = Math.max(...gaps);
  if (gap <= expected.bound && logits.length === gaps.length) return "";
  const far = Number.isFinite(gap) ? gap.toPrecision(2) : "more than can be said";
  return `${name} is off by ${far} in a logit, at most ${expected.bound} is allowed`;
}

async function runGolden(run: RunClassifier, golden: Golden, input: InputSpec) {
  const [count, height, width] = golden.shape;
  return run(normalize(await unpack(golden), input), [count, 3, height, width]);
}

/** The pictures, packed as zlib does. */
async function unpack({ shape: [count, height, width], pictures }: Golden): Promise<Raster[]> {
  const packed = Uint8Array.from(atob(pictures), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const content = new Uint8Array(await new Response(stream).arrayBuffer());
  const size = 3 * height * width;
  return Array.from({ length: count }, (_, i) => ({
    width,
    height,
    stride: 3,
    data: content.subarray(i * size, (i + 1) * size),
  }));
}

function refuse({ version }: Facts, fault: string): ApiFailure {
  return new ApiFailure(
    0,
    "model_unavailable",
    `${version} cannot answer on this device: ${fault}`,
  );
}
