/** What became of the pictures of this session. */
import type { Answer } from "../api/client";
import type { ApiFailure } from "../api/failure";
import type { Faces } from "../api/upload";

export type Place = "service" | "device";

export interface PredictOptions {
  faces: Faces;
  place: Place;
  /** Further heads of the model to ask, by name; a device asks none. */
  attributes?: readonly string[];
  /** Whether a smaller copy is sent, whatever the options say. */
  smaller?: boolean;
}

export interface Size {
  width: number;
  height: number;
}

/** A small upright copy, and the size in pixels of the upright original. */
export interface Sketch {
  /** Object address; freed when the picture leaves. */
  url: string;
  size: Size;
}

export type Progress =
  | { step: "waiting" }
  | { step: "sending"; share: number }
  | { step: "judging" }
  | { step: "answered"; answer: Answer; tookMs: number | null; smaller?: boolean }
  | { step: "failed"; failure: ApiFailure };

export interface Picture {
  /** Counts up, so it orders pictures as they came. */
  id: number;
  name: string;
  file: Blob;
  /** `broken` where the browser cannot show the file, undefined until it is made. */
  sketch?: Sketch | "broken";
  options: PredictOptions;
  progress: Progress;
}

export function isDone({ progress }: Picture): boolean {
  return progress.step === "answered" || progress.step === "failed";
}
