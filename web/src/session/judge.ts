/** Sends pictures to where they are judged and notes what becomes of them. */
import { asFailure } from "../api/failure";
import { predictHere } from "../private/device";
import { announceAnswer } from "./announce";
import { t } from "../words/en";
import { patiently } from "./patience";
import { send } from "./send";
import { sketch } from "./sketch";
import { Slots } from "./slots";
import { addPictures, readPictures, removePictures, restoreRemoved, update } from "./store";
import type { Picture, Place, Progress, PredictOptions } from "./types";

const slots: Record<Place, Slots> = { service: new Slots(3), device: new Slots(1) };
const running = new Map<number, AbortController>();

export function addFiles(files: Iterable<File>, options: PredictOptions): void {
  const named = [...files].map((file) => ({ file, name: file.name || t.pasted }));
  for (const picture of addPictures(named, options)) {
    void judge(picture);
    void sketch(picture);
  }
}

/** Judges a picture, anew if it was judged before; a request that is under way for it ends. */
export async function judge(picture: Picture, options = picture.options): Promise<void> {
  const { id } = picture;
  running.get(id)?.abort();
  const control = new AbortController();
  running.set(id, control);
  const { signal } = control;
  update(id, { progress: { step: "waiting" }, options });
  try {
    await slots[options.place].run(() => answer(picture, options, signal), signal);
  } catch (error) {
    if (!signal.aborted) note(picture, { step: "failed", failure: asFailure(error) });
  } finally {
    if (running.get(id) === control) running.delete(id);
  }
}

/** Ends requests and takes pictures out; what was not sent yet is not sent. */
export function remove(ids: ReadonlySet<number>): void {
  for (const id of ids) running.get(id)?.abort();
  removePictures(ids);
}

export function clear(): void {
  remove(new Set(readPictures().map(({ id }) => id)));
}

export function undo(): void {
  for (const picture of restoreRemoved()) {
    void judge(picture);
    if (!picture.sketch) void sketch(picture);
  }
}

async function answer(
  picture: Picture,
  options: PredictOptions,
  signal: AbortSignal,
): Promise<void> {
  const progress = await (options.place === "device"
    ? here(picture, options)
    : there(picture, options, signal));
  if (!signal.aborted) note(picture, progress);
}

function note(picture: Picture, progress: Progress): void {
  if (update(picture.id, { progress })) announceAnswer({ ...picture, progress });
}

async function here({ id, file }: Picture, { faces }: PredictOptions): Promise<Progress> {
  update(id, { progress: { step: "judging" } });
  const start = performance.now();
  const found = await predictHere(file, faces);
  return { step: "answered", answer: found, tookMs: performance.now() - start };
}

function there(picture: Picture, options: PredictOptions, signal: AbortSignal): Promise<Progress> {
  const wait = () => update(picture.id, { progress: { step: "waiting" } });
  return patiently(() => ask(picture, options, signal), signal, wait);
}

async function ask({ id, file, name }: Picture, options: PredictOptions, signal: AbortSignal) {
  const { faces, attributes, smaller = false } = options;
  update(id, { progress: { step: "sending", share: 0 } });
  const onProgress = (share: number) =>
    update(id, { progress: share < 1 ? { step: "sending", share } : { step: "judging" } });
  const found = await send(file, name, { faces, attributes, smaller }, { onProgress, signal });
  return { step: "answered", ...found } as const;
}
