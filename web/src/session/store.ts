/** The pictures of this session, newest first; they outlive a change of the page in view. */
import { useSyncExternalStore } from "react";

import type { Picture, Place, Progress } from "./types";

let pictures: readonly Picture[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function publish(next: readonly Picture[]): void {
  pictures = next;
  for (const listener of listeners) listener();
}

/** `preview` shows the file as it is meant to be seen. */
export function addPicture(file: Blob, name: string, place: Place, preview = file): Picture {
  const picture: Picture = {
    id: ++lastId,
    name,
    file,
    url: URL.createObjectURL(preview),
    place,
    progress: { step: "waiting" },
  };
  publish([picture, ...pictures]);
  return picture;
}

/** What is no longer there stays away. */
export function update(id: number, change: { progress: Progress; place?: Place }): void {
  publish(pictures.map((picture) => (picture.id === id ? { ...picture, ...change } : picture)));
}

export function removePicture(id: number): void {
  const gone = pictures.find((picture) => picture.id === id);
  if (gone) URL.revokeObjectURL(gone.url);
  publish(pictures.filter((picture) => picture.id !== id));
}

export function clearPictures(): void {
  for (const { url } of pictures) URL.revokeObjectURL(url);
  publish([]);
}

export function readPictures(): readonly Picture[] {
  return pictures;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePictures(): readonly Picture[] {
  return useSyncExternalStore(subscribe, readPictures);
}
