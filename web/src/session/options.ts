/**
 * What the visitor chose. Kept for this tab: a photo must not go to the service because a page was
 * reloaded or another one looked at.
 */
import { createCell } from "./cell";
import type { PredictOptions } from "./types";

const NAME = "genderlens-place";
const options = createCell<PredictOptions>({
  faces: "single",
  place: sessionStorage.getItem(NAME) === "device" ? "device" : "service",
});

export function writeOptions(next: PredictOptions): void {
  sessionStorage.setItem(NAME, next.place);
  options.write(next);
}

export const readOptions = options.read;
export const useOptions = options.use;
