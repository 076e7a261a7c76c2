/** How far private mode is. */
import { useSyncExternalStore } from "react";

import type { ApiFailure } from "../api/failure";

export interface PrivateState {
  step: "off" | "loading" | "ready" | "failed";
  /** Of the files that were loaded, 0 to 1. */
  share: number;
  /** Once ready: whether the larger graph answers, because the model is off on this device. */
  fallback?: boolean;
  /** Why it failed. */
  failure?: ApiFailure;
}

let state: PrivateState = { step: "off", share: 0 };
const listeners = new Set<() => void>();

export function setPrivateState(next: PrivateState): void {
  state = next;
  for (const listener of listeners) listener();
}

export function readPrivateState(): PrivateState {
  return state;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePrivateState(): PrivateState {
  return useSyncExternalStore(subscribe, readPrivateState);
}
