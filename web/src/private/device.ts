/** The page's side of private mode: starts the worker when it is first wanted. */
import { keyHeaders, type Answer } from "../api/client";
import { ApiFailure } from "../api/failure";
import type { Faces } from "../api/upload";
import { t } from "../words/en";
import { untilKept } from "../offline/keep";
import type { Frame } from "./frames";
import type { News, Order } from "./messages";
import { readPrivateState, setPrivateState } from "./state";

interface Waiting {
  resolve: (answer: Answer) => void;
  reject: (failure: ApiFailure) => void;
}

let worker: Promise<Worker> | undefined;
let lastId = 0;
const waiting = new Map<number, Waiting>();

/** Loads the model onto this device; a load that failed is tried again. */
export async function prepare(): Promise<boolean> {
  worker ??= start();
  return worker.then(
    () => true,
    () => {
      worker = undefined;
      return false;
    },
  );
}

/** The answer for one picture, which stays on this device. */
export async function predictHere(file: Blob, faces: Faces): Promise<Answer> {
  const running = await ready();
  return ask((id) => running.postMessage({ kind: "predict", id, file, faces } satisfies Order));
}

/** The answer for a frame, which is grabbed once the model is loaded; nothing where there is none. */
export async function watchHere(
  grab: () => Promise<Frame | null>,
  faces: Faces,
  first: boolean,
): Promise<Answer | null> {
  const running = await ready();
  const frame = await grab();
  if (!frame) return null;
  return ask((id) =>
    running.postMessage({ kind: "watch", id, frame, faces, first } satisfies Order, [frame]),
  );
}

async function ready(): Promise<Worker> {
  if ((await prepare()) && worker) return worker;
  const { failure } = readPrivateState();
  if (failure?.status) throw failure;
  throw new ApiFailure(0, "model_unavailable", t.failures.notLoaded);
}

function ask(order: (id: number) => void): Promise<Answer> {
  const id = ++lastId;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    order(id);
  });
}

async function start(): Promise<Worker> {
  setPrivateState({ step: "loading", share: 0 });
  await untilKept();
  const made = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  return new Promise((resolve, reject) => {
    const fail = (failure: ApiFailure) => {
      setPrivateState({ step: "failed", share: 0, failure });
      made.terminate();
      reject(failure);
    };
    made.onerror = (event) => fail(new ApiFailure(0, "model_unavailable", event.message));
    made.onmessage = ({ data }: MessageEvent<News>) => {
      if (data.kind === "progress") setPrivateState({ step: "loading", share: data.share });
      else if (data.kind === "broken") fail(new ApiFailure(data.status, data.code, data.message));
      else if (data.kind === "ready") {
        const { fallback, abstainBelow, labels } = data;
        setPrivateState({ step: "ready", share: 1, fallback, abstainBelow, labels });
        resolve(made);
      } else settle(data);
    };
    const base = new URL("private/", document.baseURI).href;
    made.postMessage({ kind: "load", base, headers: keyHeaders() } satisfies Order);
  });
}

function settle(news: Extract<News, { id: number }>): void {
  const entry = waiting.get(news.id);
  waiting.delete(news.id);
  if (news.kind === "answer") entry?.resolve(news.answer);
  else entry?.reject(new ApiFailure(news.status, news.code, news.message));
}
