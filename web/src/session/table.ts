/** The session as CSV and JSON. */
import { POSITIVE } from "../api/labels";
import type { Picture } from "./types";

const COLUMNS = [
  "name",
  "place",
  "outcome",
  "prediction",
  "confidence",
  "probability_male",
  "person_count",
  "model_version",
  "error",
] as const;

type Row = Record<(typeof COLUMNS)[number], string | number | null>;

export function toJson(pictures: readonly Picture[]): string {
  const items = pictures.map(({ name, wish: { place }, progress }) => {
    if (progress.step === "answered") return { name, place, answer: progress.answer };
    if (progress.step === "failed") {
      return {
        name,
        place,
        failure: { code: progress.failure.code, detail: progress.failure.message },
      };
    }
    return { name, place };
  });
  return `${JSON.stringify(items, null, 2)}\n`;
}

export function toCsv(pictures: readonly Picture[]): string {
  const lines = pictures.map((picture) => {
    const row = toRow(picture);
    return COLUMNS.map((column) => cell(row[column])).join(",");
  });
  return [COLUMNS.join(","), ...lines, ""].join("\r\n");
}

function toRow({ name, wish: { place }, progress }: Picture): Row {
  const empty = {
    prediction: null,
    confidence: null,
    probability_male: null,
    person_count: null,
    model_version: null,
  };
  if (progress.step !== "answered") {
    const failed = progress.step === "failed";
    const outcome = failed ? progress.failure.code : progress.step;
    return { name, place, ...empty, outcome, error: failed ? progress.failure.message : null };
  }
  const { answer } = progress;
  const { outcome, prediction, confidence, person_count, model_version, error } = answer;
  const probability_male = answer.probabilities?.[POSITIVE] ?? null;
  return {
    name,
    place,
    outcome,
    prediction,
    confidence,
    probability_male,
    person_count,
    model_version,
    error,
  };
}

/** Quoted where needed; what a spreadsheet would take for a formula gets an apostrophe. */
export function cell(value: string | number | null): string {
  if (value === null) return "";
  const text =
    typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
