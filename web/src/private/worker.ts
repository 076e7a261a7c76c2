/** Private mode: decodes, detects and classifies, away from the page's own thread. */
import wasmUrl from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";

import { asFailure } from "../api/failure";
import { decode } from "./decode";
import { download, downloadFile } from "./download";
import type { Facts } from "./facts";
import { chooseClassifier } from "./golden";
import type { News, Order } from "./messages";
import { createClassifier, createDetector, prepareRuntime } from "./networks";
import { predictRaster, type Networks } from "./predictor";

interface Loaded {
  facts: Facts;
  networks: Networks;
  /** Whether the larger graph answers, because the model is off on this device. */
  fallback: boolean;
}

let loaded: Promise<Loaded> | undefined;

function tell(news: News): void {
  postMessage(news);
}

async function load({ base, headers }: Extract<Order, { kind: "load" }>): Promise<Loaded> {
  const from = new URL(base);
  const { facts, model, detector, helpers } = await download(from, headers, (share) =>
    tell({ kind: "progress", share }),
  );
  prepareRuntime(new URL(wasmUrl, import.meta.url).href);
  const faces = await createDetector(detector, helpers);
  const { classifier, fallback } = await chooseClassifier(facts, model, createClassifier, () =>
    facts.fallback ? downloadFile(from, headers, facts.fallback) : Promise.reject(new Error()),
  );
  if (fallback) console.warn(`${facts.version}: ${fallback}; fallback.onnx answers instead`);
  return { facts, networks: { detector: faces, classifier }, fallback: fallback !== undefined };
}

async function predict({ id, file, faces }: Extract<Order, { kind: "predict" }>): Promise<void> {
  try {
    if (!loaded) throw new Error("asked before it was loaded");
    const { facts, networks } = await loaded;
    const picture = await decode(file, facts.max_pixels);
    tell({ kind: "answer", id, answer: await predictRaster(picture, faces, facts, networks) });
  } catch (error) {
    const { status, code, message } = asFailure(error);
    tell({ kind: "failure", id, status, code, message });
  }
}

addEventListener("message", ({ data }: MessageEvent<Order>) => {
  if (data.kind === "predict") {
    void predict(data);
    return;
  }
  loaded = load(data);
  loaded.then(
    ({ fallback, facts }) =>
      tell({
        kind: "ready",
        fallback,
        abstainBelow: facts.calibration.abstain_below,
        labels: facts.head.labels,
      }),
    (error: unknown) => {
      const { status, code, message } = asFailure(error);
      tell({ kind: "broken", status, code, message });
    },
  );
});
