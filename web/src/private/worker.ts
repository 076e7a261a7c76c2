/** Private mode: decodes, detects and classifies, away from the page's own thread. */
import wasmUrl from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";

import { asFailure } from "../api/failure";
import { decode } from "./decode";
import { download, downloadFile } from "./download";
import type { Facts } from "./facts";
import { readFrame } from "./frames";
import { chooseClassifier } from "./golden";
import type { News, Order } from "./messages";
import { createClassifier, createDetector, prepareRuntime } from "./networks";
import { predictRaster, type Networks } from "./predictor";
import { Tracker } from "./tracking";

interface Loaded {
  facts: Facts;
  networks: Networks;
  /** Whether the larger graph answers, because the model is off on this device. */
  fallback: boolean;
}

type Asked = Extract<Order, { kind: "predict" | "watch" }>;

let loaded: Promise<Loaded> | undefined;
let tracker = new Tracker();

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

async function answer(asked: Asked): Promise<void> {
  const { id } = asked;
  try {
    if (!loaded) throw new Error("asked before it was loaded");
    const there = await loaded;
    const found = asked.kind === "watch" ? watch(asked, there) : predict(asked, there);
    tell({ kind: "answer", id, answer: await found });
  } catch (error) {
    const { status, code, message } = asFailure(error);
    tell({ kind: "failure", id, status, code, message });
  }
}

async function predict({ file, faces }: Extract<Order, { kind: "predict" }>, there: Loaded) {
  const { facts, networks } = there;
  return predictRaster(await decode(file, facts.max_pixels), faces, facts, networks);
}

async function watch({ frame, faces, first }: Extract<Order, { kind: "watch" }>, there: Loaded) {
  const { facts, networks } = there;
  if (first) tracker = new Tracker();
  const { find } = tracker;
  return predictRaster(await readFrame(frame), faces, facts, networks, find);
}

addEventListener("message", ({ data }: MessageEvent<Order>) => {
  if (data.kind !== "load") {
    void answer(data);
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
