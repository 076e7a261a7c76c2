/** How far private mode is. */
import type { ApiFailure } from "../api/failure";
import { createCell } from "../session/cell";

export interface PrivateState {
  step: "off" | "loading" | "ready" | "failed";
  /** Of the files that were loaded, 0 to 1. */
  share: number;
  /** Once ready: whether the larger graph answers, because the model is off on this device. */
  fallback?: boolean;
  /** Once ready: answers of a lower confidence are uncertain. */
  abstainBelow?: number;
  /** Once ready: the words of the model's answer. */
  labels?: readonly string[];
  /** Why it failed. */
  failure?: ApiFailure;
}

const state = createCell<PrivateState>({ step: "off", share: 0 });
export const setPrivateState = state.write;
export const readPrivateState = state.read;
export const usePrivateState = state.use;
