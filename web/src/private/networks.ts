/** The two networks in onnxruntime-web, on one thread: more need headers that pages seldom have. */
import { env, InferenceSession, Tensor } from "onnxruntime-web/wasm";

import type { Outputs, Planes, RunDetector } from "./centerface";
import type { Networks, RunClassifier } from "./predictor";

const DETECTOR_OUTPUTS = 3;

/** `wasm` is the address of the runtime; without it, it lies beside the script. */
export async function createNetworks(
  detector: Uint8Array,
  classifier: Uint8Array,
  wasm?: string,
): Promise<Networks> {
  env.wasm.numThreads = 1;
  if (wasm) env.wasm.wasmPaths = { wasm };
  const options = { executionProviders: ["wasm"], logSeverityLevel: 3 } as const;
  // One after the other: the runtime starts itself with the first.
  const faces = await InferenceSession.create(detector, options);
  const labels = await InferenceSession.create(classifier, options);
  return { detector: wrapDetector(faces), classifier: wrapClassifier(labels) };
}

export function wrapDetector(session: InferenceSession): RunDetector {
  const input = first(session.inputNames);
  const wanted = session.outputNames.slice(0, DETECTOR_OUTPUTS);
  return async (values, height, width): Promise<Outputs> => {
    const found = await session.run(
      { [input]: new Tensor("uint8", values, [1, height, width, 3]) },
      wanted,
    );
    const [heat, size, offset] = wanted.map((name) => toPlanes(found[name]));
    if (!heat || !size || !offset) throw new Error("the detector has fewer outputs than it should");
    return { heat, size, offset };
  };
}

export function wrapClassifier(session: InferenceSession): RunClassifier {
  const input = first(session.inputNames);
  const logit = first(session.outputNames); // not the Grad-CAM that may lie behind it
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
