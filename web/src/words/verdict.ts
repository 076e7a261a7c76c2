/** What an answer says in a headline, and how strongly. */
import type { Answer, Face } from "../api/client";
import type { Picture } from "../session/types";
import { adviseOn } from "./advice";
import { t } from "./en";

/** Less sure than this, a face only leans to a side. */
export const LEANS_BELOW = 0.8;

/** What a picture counts as: a label, or why it has none. */
export type Kind = string;

/** The label that a face gets, null where it is uncertain; by another threshold if one is given. */
export function labelOf(face: Face, threshold: number | null): string | null {
  if (threshold === null) return face.prediction;
  return face.confidence >= threshold ? likelier(face) : null;
}

function likelier({ probabilities }: Face): string {
  const ranked = Object.entries(probabilities).sort(([, one], [, other]) => other - one);
  return ranked[0]?.[0] ?? "";
}

export function headlineOf({ faces }: Answer, threshold: number | null): string {
  const [face] = faces;
  if (!face || faces.length > 1) return t.faceCount(faces.length);
  const label = labelOf(face, threshold);
  if (label === null) return t.uncertain;
  return face.confidence < LEANS_BELOW
    ? t.leans(label, face.confidence)
    : t.looks(label, face.confidence);
}

export function isUncertain({ faces }: Answer, threshold: number | null): boolean {
  return faces.length === 1 && faces.every((face) => labelOf(face, threshold) === null);
}

/** One line about a picture, whatever became of it. */
export function summaryOf({ progress }: Picture, threshold: number | null = null): string {
  if (progress.step === "failed") return adviseOn(progress.failure.code).title;
  if (progress.step !== "answered") return t.underway[progress.step];
  const { answer } = progress;
  return answer.faces.length > 0 ? headlineOf(answer, threshold) : adviseOn(answer.outcome).title;
}

/** The same in few letters, for a tile. */
export function shortOf(picture: Picture, threshold: number | null): string {
  const { progress } = picture;
  const faces = progress.step === "answered" ? progress.answer.faces : [];
  const label = faces[0] && faces.length === 1 ? labelOf(faces[0], threshold) : null;
  if (!faces[0] || label === null) return summaryOf(picture, threshold);
  const { confidence } = faces[0];
  return confidence < LEANS_BELOW ? t.shortLean(label, confidence) : t.short(label, confidence);
}

export function kindOf({ progress }: Picture, threshold: number | null): Kind {
  if (progress.step === "failed") return "failed";
  if (progress.step !== "answered") return "waiting";
  const { answer } = progress;
  const [face] = answer.faces;
  if (!face) return answer.outcome;
  return answer.faces.length > 1 ? "several_faces" : (labelOf(face, threshold) ?? "uncertain");
}

export function kindWords(kind: Kind): string {
  return (t.kinds as Record<string, string>)[kind] ?? kind;
}

/** How sure the answer is; what has none stands last in either order. */
export function certaintyOf({ progress }: Picture, sign: number): number {
  const face = progress.step === "answered" ? progress.answer.faces[0] : undefined;
  return face?.confidence ?? 2 * sign;
}
