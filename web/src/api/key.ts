/** The API key: in session storage only, gone when the tab is closed. */
import { useSyncExternalStore } from "react";

const NAME = "genderlens-api-key";
const listeners = new Set<() => void>();

export function readKey(): string {
  return sessionStorage.getItem(NAME) ?? "";
}

/** An empty key forgets the one before. */
export function writeKey(key: string): void {
  if (key) sessionStorage.setItem(NAME, key);
  else sessionStorage.removeItem(NAME);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useKey(): string {
  return useSyncExternalStore(subscribe, readKey);
}
