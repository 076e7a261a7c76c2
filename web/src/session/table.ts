/** The session as CSV and JSON. */
import type { Answer } from "../api/client";
import type { Picture } from "./types";

const FIRST = ["name", "place", "outcome", "prediction", "confidence"];
const LAST = ["person_count", "model_version", "error"];

type Row = Record<string, string | number | null>;

export function toJson(pictures: readonly Picture[]): string {
  const items = pictures.map(({ name, options: { place }, progress }) => {
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

/** Of two labels the first one's probability is a column, of more each one's; attributes follow. */
export function toCsv(pictures: readonly Picture[]): string {
  const rows = pictures.map(toRow);
  const known = new Set([...FIRST, ...LAST]);
  const between = new Set(
    rows.flatMap((row) => Object.keys(row)).filter((name) => !known.has(name)),
  );
  const columns = [...FIRST, ...between, ...LAST];
  const lines = rows.map((row) => columns.map((name) => cell(row[name] ?? null)).join(","));
  return [columns.join(","), ...lines, ""].join("\r\n");
}

function toRow({ name, options: { place }, progress }: Picture): Row {
  if (progress.step === "failed")
    return { name, place, outcome: progress.failure.code, error: progress.failure.message };
  if (progress.step !== "answered") return { name, place, outcome: progress.step };
  const { answer } = progress;
  const { outcome, prediction, confidence, person_count, model_version, error } = answer;
  return {
    name,
    place,
    outcome,
    prediction,
    confidence,
    ...sharesOf(answer),
    ...attributesOf(answer),
    person_count,
    model_version,
    error,
  };
}

function sharesOf({ probabilities }: Answer): Row {
  const told = Object.entries(probabilities ?? {});
  const kept = told.length === 2 ? told.slice(0, 1) : told;
  return Object.fromEntries(
    kept.map(([label, share]) => [`probability_${columnWord(label)}`, share]),
  );
}

function attributesOf({ attributes }: Answer): Row {
  const row: Row = {};
  for (const [name, { prediction, confidence }] of Object.entries(attributes ?? {})) {
    row[name] = prediction;
    row[`${name}_confidence`] = confidence;
  }
  return row;
}

/** As tables of the command line name columns: letters and digits in small, `_` for all else. */
function columnWord(label: string): string {
  return (
    label
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, "_")
      .replaceAll(/^_+|_+$/g, "") || "label"
  );
}

/** Quoted where needed; what a spreadsheet would take for a formula gets an apostrophe. */
export function cell(value: string | number | null): string {
  if (value === null) return "";
  const text =
    typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
