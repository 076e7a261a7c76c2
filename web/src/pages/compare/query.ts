/** Two versions of the model on the same photos. */
import type { Answer } from "../../api/client";
import { asFailure, type ApiFailure } from "../../api/failure";
import { createCell } from "../../session/cell";
import { patiently } from "../../session/patience";
import { send } from "../../session/send";
import { sketchOf } from "../../session/sketch";
import { Slots } from "../../session/slots";

const THUMB_PX = 128;

export interface Pair {
  id: number;
  name: string;
  file: File;
  /** Object address of a small copy; null where there is none. */
  url: string | null;
  /** By version: an answer, or why there is none. */
  answers: Readonly<Record<string, Answer | ApiFailure>>;
}

const pairs = createCell<readonly Pair[]>([]);
export const usePairs = pairs.use;
let lastId = 0;
let running = new AbortController();
const slots = new Slots(3);

export function addPairs(files: readonly File[], versions: readonly string[]): void {
  const added = files.map((file): Pair => {
    return { id: ++lastId, name: file.name, file, url: null, answers: {} };
  });
  pairs.write([...pairs.read(), ...added]);
  for (const pair of added) {
    void draw(pair);
    for (const version of versions) void ask(pair, version, running.signal);
  }
}

/** Asks for what a change of the versions left open. */
export function askOpen(versions: readonly string[]): void {
  for (const pair of pairs.read())
    for (const version of versions)
      if (!pair.answers[version]) void ask(pair, version, running.signal);
}

export function clearPairs(): void {
  running.abort();
  running = new AbortController();
  for (const { url } of pairs.read()) if (url) URL.revokeObjectURL(url);
  pairs.write([]);
}

async function draw({ id, file }: Pair): Promise<void> {
  const sketch = await sketchOf(file, THUMB_PX).catch(() => null);
  if (sketch && !change(id, () => ({ url: sketch.url }))) URL.revokeObjectURL(sketch.url);
}

async function ask({ id, file, name }: Pair, model: string, signal: AbortSignal): Promise<void> {
  let found: Answer | ApiFailure;
  try {
    const request = { faces: "largest", model } as const;
    const once = () => send(file, name, request, { signal });
    found = (await slots.run(() => patiently(once, signal), signal)).answer;
  } catch (error) {
    found = asFailure(error);
  }
  if (!signal.aborted) change(id, ({ answers }) => ({ answers: { ...answers, [model]: found } }));
}

function change(id: number, next: (pair: Pair) => Partial<Pair>): boolean {
  const known = pairs.read();
  const at = known.findIndex((pair) => pair.id === id);
  const pair = known[at];
  if (pair) pairs.write(known.with(at, { ...pair, ...next(pair) }));
  return pair !== undefined;
}
