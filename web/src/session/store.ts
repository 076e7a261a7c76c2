/** The pictures of this session in the order they came; they outlive a change of the page in view. */
import { createCell } from "./cell";
import type { Picture, Progress, Sketch, PredictOptions } from "./types";

/** How long what was removed can be brought back. */
const UNDO_MS = 20_000;

const pictures = createCell<readonly Picture[]>([]);
const removed = createCell<readonly Picture[]>([]);
let lastId = 0;
let forgetting: ReturnType<typeof setTimeout> | undefined;

/** All of them at once, so that the whole list is in view before the first is answered. */
export function addPictures(
  files: readonly { file: Blob; name: string }[],
  options: PredictOptions,
): Picture[] {
  const added = files.map(({ file, name }): Picture => {
    return { id: ++lastId, name, file, options, progress: { step: "waiting" } };
  });
  pictures.write([...pictures.read(), ...added]);
  return added;
}

interface Change {
  progress?: Progress;
  options?: PredictOptions;
  sketch?: Sketch | "broken";
}

/** What is no longer there stays away; false then. */
export function update(id: number, change: Change): boolean {
  const known = pictures.read();
  const at = known.findIndex((picture) => picture.id === id);
  const before = known[at];
  if (!before) return false;
  pictures.write(known.with(at, { ...before, ...change }));
  return true;
}

/** Takes pictures out of the list; they can be brought back for a while. */
export function removePictures(ids: ReadonlySet<number>): readonly Picture[] {
  forgetRemoved();
  const gone = pictures.read().filter(({ id }) => ids.has(id));
  pictures.write(pictures.read().filter(({ id }) => !ids.has(id)));
  removed.write(gone);
  forgetting = setTimeout(forgetRemoved, UNDO_MS);
  return gone;
}

/** Brings back what was removed last; those among them that have no answer yet are to be judged. */
export function restoreRemoved(): Picture[] {
  clearTimeout(forgetting);
  const back = removed.read();
  removed.write([]);
  const all = [...pictures.read(), ...back].sort((one, other) => one.id - other.id);
  pictures.write(all);
  return back.filter(({ progress }) => progress.step !== "answered");
}

/** Frees what could be brought back. */
export function forgetRemoved(): void {
  clearTimeout(forgetting);
  for (const { sketch } of removed.read())
    if (typeof sketch === "object") URL.revokeObjectURL(sketch.url);
  if (removed.read().length > 0) removed.write([]);
}

export const readPictures = pictures.read;
export const subscribeToPictures = pictures.subscribe;
export const usePictures = pictures.use;
export const useRemoved = removed.use;
