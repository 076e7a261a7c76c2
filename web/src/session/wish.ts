/**
 * What the visitor chose. Kept for this tab: a photo must not go to the service because a page was
 * reloaded or another one looked at.
 */
import { useSyncExternalStore } from "react";

import type { Wish } from "./judge";

const NAME = "genderlens-place";
const listeners = new Set<() => void>();
let wish: Wish = {
  faces: "single",
  place: sessionStorage.getItem(NAME) === "device" ? "device" : "service",
};

export function writeWish(next: Wish): void {
  wish = next;
  sessionStorage.setItem(NAME, next.place);
  for (const listener of listeners) listener();
}

export function readWish(): Wish {
  return wish;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useWish(): Wish {
  return useSyncExternalStore(subscribe, readWish);
}
