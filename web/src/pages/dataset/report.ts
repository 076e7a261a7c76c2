/** Reads the table of answers that a `genderlens label` run writes: labels.csv or labels.jsonl. */
import { t } from "../../words/en";
import type { Told } from "./items";

type Row = Record<string, unknown>;

export function isReport({ name }: File): boolean {
  return /\.(csv|jsonl)$/i.test(name);
}

/** What is told of each picture, by its address; of several faces the least sure one. */
export async function readReport(file: File): Promise<Map<string, Told>> {
  const text = await file.text();
  const rows = /\.csv$/i.test(file.name) ? parseCsv(text) : parseLines(text);
  const found = new Map<string, Told>();
  for (const row of rows) {
    const uri = textOf(row.uri);
    const told = toldBy(row);
    if (!uri || !told) throw new Error(t.dataset.needColumns);
    const before = found.get(uri);
    if (!before || (told.confidence ?? 2) < (before.confidence ?? 2)) found.set(uri, told);
  }
  if (found.size === 0) throw new Error(t.dataset.needColumns);
  return found;
}

function toldBy(row: Row): Told | null {
  const outcome = textOf(row.outcome);
  if (!outcome) return null;
  const [width, height] = [numberOf(row.width), numberOf(row.height)];
  return {
    outcome,
    label: textOf(row.prediction),
    confidence: numberOf(row.confidence),
    box: boxOf(row),
    size: width !== null && height !== null ? { width, height } : null,
  };
}

function boxOf(row: Row): number[] | null {
  const edges = Array.isArray(row.box)
    ? row.box.map(numberOf)
    : ["left", "top", "right", "bottom"].map((name) => numberOf(row[name]));
  return edges.every((edge) => edge !== null) && edges.length === 4 ? edges : null;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function numberOf(value: unknown): number | null {
  if (value === null || value === undefined || value === "") return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

function parseLines(text: string): Row[] {
  const lines = text.split("\n").filter((line) => line.trim());
  return lines.map((line) => JSON.parse(line) as Row);
}

/** RFC 4180: quotes double inside quotes, and cells may hold line ends. */
export function parseCsv(text: string): Row[] {
  const rows: string[][] = [];
  let row: string[] = [];
  const pattern = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n|$)/gy;
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (!match) throw new Error(`${text.slice(0, 40)}…`);
    const [, cell = "", end] = match;
    row.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end === ",") continue;
    rows.push(row);
    row = [];
  }
  const [head = [], ...body] = rows;
  return body.map((cells) => Object.fromEntries(head.map((name, at) => [name, cells[at] ?? ""])));
}
