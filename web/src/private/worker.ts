/** Private mode: decodes, detects and classifies, away from the page's own thread. */
import wasmUrl from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";

import { asFailure } from "../api/failure";
import { decode } from "./decode";
import { download } from "./download";
import type { Facts } from "./facts";
import type { News, Order } from "./messages";
import { createNetworks } from "./networks";
import { predictRaster, type Networks } from "./predictor";

let loaded: Promise<{ facts: Facts; networks: Networks }> | undefined;

function tell(news: News): void {
  postMessage(news);
}

async function load({ base, headers }: Extract<Order, { kind: "load" }>) {
  const { facts, model, detector } = await download(new URL(base), headers, (share) =>
    tell({ kind: "progress", share }),
  );
  return {
    facts,
    networks: await createNetworks(detector, model, new URL(wasmUrl, import.meta.url).href),
  };
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
    () => tell({ kind: "ready" }),
    (error: unknown) => {
      const { status, code, message } = asFailure(error);
      tell({ kind: "broken", status, code, message });
    },
  );
});
