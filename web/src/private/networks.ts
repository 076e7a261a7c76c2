/** The networks in onnxruntime-web, on one thread: more need headers that pages seldom have. */
import { env, InferenceSession, Tensor } from "onnxruntime-web/wasm";

import type { RunDetector, RunNetwork } from "./centerface";
import type { Helpers } from "./download";
import type { Outputs, Planes } from "./planes";
import type { RunClassifier } from "./predictor";
import type { RunRefinement } from "./refinement";

const DETECTOR_OUTPUTS = 4;

const OPTIONS = { executionProviders: ["wasm"], logSeverityLevel: 3 } as const;

/** Before the first network; `wasm` is the address of the runtime. */
export function prepareRuntime(wasm: string): void {
  env.wasm.numThreads = 1;
  env.wasm.wasmPaths = { wasm };
}

// One after the other: the runtime starts itself with the first.
export async function createDetector(
  model: Uint8Array,
  { refinement, coarse, proposals }: Helpers,
): Promise<RunDetector> {
  const run = wrapDetector(await InferenceSession.create(model, OPTIONS));
  const refine = refinement && wrapRefinement(await InferenceSession.create(refinement, OPTIONS));
  const small = coarse && wrapDetector(await InferenceSession.create(coarse, OPTIONS));
  const propose = proposals && wrapDetector(await InferenceSession.create(proposals, OPTIONS));
  return Object.assign(run, {
    refine: refine ?? undefined,
    coarse: small ?? undefined,
    propose: propose ?? undefined,
  });
}

export async function createClassifier(model: Uint8Array): Promise<RunClassifier> {
  return wrapClassifier(await InferenceSession.create(model, OPTIONS));
}

export function wrapDetector(session: InferenceSession): RunNetwork {
  const input = first(session.inputNames);
  const wanted = session.outputNames.slice(0, DETECTOR_OUTPUTS);
  return async (values, height, width): Promise<Outputs> => {
    const found = await session.run(
      { [input]: new Tensor("uint8", values, [1, height, width, 3]) },
      wanted,
    );
    const [heat, size, offset, landmarks] = wanted.map((name) => toPlanes(found[name]));
    if (!heat || !size || !offset || !landmarks)
      throw new Error("the detector has fewer outputs than it should");
    return { heat, size, offset, landmarks };
  };
}

export function wrapRefinement(session: InferenceSession): RunRefinement {
  const input = first(session.inputNames);
  const output = first(session.outputNames);
  return async (values, side) => {
    const found = await session.run({ [input]: new Tensor("uint8", values, [1, side, side, 3]) });
    return found[output]?.data as Float32Array;
  };
}

export function wrapClassifier(session: InferenceSession): RunClassifier {
  const input = first(session.inputNames);
  const logit = first(session.outputNames); // not attributes or the Grad-CAM that may lie behind it
  return async (values, shape) => {
    const found = await session.run({ [input]: new Tensor("float32", values, shape) }, [logit]);
    return found[logit]?.data as Float32Array;
  };
}

function toPlanes(tensor: Tensor | undefined): Planes {
  const [rows = 0, columns = 0] = tensor?.dims.slice(-2) ?? [];
  return { data: tensor?.data as Float32Array, rows, columns };
}

function first(names: readonly string[]): string {
  const [name] = names;
  if (name === undefined) throw new Error("the model has no inputs or outputs");
  return name;
}
