/** What became of the pictures of this session. */
import type { Answer } from "../api/client";
import type { ApiFailure } from "../api/failure";

export type Place = "service" | "device";

export type Progress =
  | { step: "waiting" }
  | { step: "sending"; share: number }
  | { step: "judging" }
  | { step: "answered"; answer: Answer; tookMs: number }
  | { step: "failed"; failure: ApiFailure };

export interface Picture {
  id: number;
  name: string;
  file: Blob;
  /** Object address of the preview. */
  url: string;
  place: Place;
  progress: Progress;
}

export function isDone({ progress }: Picture): boolean {
  return progress.step === "answered" || progress.step === "failed";
}
