/** What page and worker say to each other. */
import type { Answer } from "../api/client";
import type { Faces } from "../api/upload";
import type { Frame } from "./frames";

/** A frame is the `first` where nothing that was seen before has to do with it. */
export type Order =
  | { kind: "load"; base: string; headers: Record<string, string> }
  | { kind: "predict"; id: number; file: Blob; faces: Faces }
  | { kind: "watch"; id: number; frame: Frame; faces: Faces; first: boolean };

export type News =
  | { kind: "progress"; share: number }
  | { kind: "ready"; fallback: boolean; abstainBelow: number; labels: readonly string[] }
  | { kind: "broken"; status: number; code: string; message: string }
  | { kind: "answer"; id: number; answer: Answer }
  | { kind: "failure"; id: number; status: number; code: string; message: string };
