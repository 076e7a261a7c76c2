/** Photos of a data set, what a model says of each, and what a person says. */
import type { Label } from "../../api/client";
import { createCell } from "../../session/cell";
import { pathOf } from "../../session/drops";
import { forgetCorrections, readCorrections, writeCorrections } from "./corrections";

/** What a person says who cannot tell, either. */
export const UNDECIDED = "undecided";
export type Verdict = Label | typeof UNDECIDED;

export interface Told {
  outcome: string;
  /** Null where the model is uncertain or saw nobody. */
  label: string | null;
  confidence: number | null;
  /** Left, top, right, bottom in pixels; null where it is not known. */
  box: number[] | null;
  size: { width: number; height: number } | null;
}

export interface Item {
  /** Path or address, as tables name it. */
  uri: string;
  file: File | null;
  told: Told | null;
}

export interface DataSet {
  items: readonly Item[];
  corrections: Readonly<Record<string, Verdict>>;
}

const EMPTY: DataSet = { items: [], corrections: {} };
const dataSet = createCell<DataSet>(EMPTY);
export const useDataSet = dataSet.use;
export const readDataSet = dataSet.read;

/** Adds photos; those that a table has named already get their picture. */
export function addPhotos(files: readonly File[]): void {
  const { items } = dataSet.read();
  const waiting = new Map(
    items.filter(({ file }) => !file).map((item) => [baseOf(item.uri), item]),
  );
  const known = new Set(items.map(({ uri }) => uri));
  const found = new Map<Item, File>();
  const fresh: Item[] = [];
  for (const file of files) {
    const uri = pathOf(file);
    const item = waiting.get(baseOf(uri));
    if (item && sharesEnd(item.uri, uri)) found.set(item, file);
    else if (!known.has(uri)) fresh.push({ uri, file, told: null });
  }
  const kept = items.map((item) => ({ ...item, file: found.get(item) ?? item.file }));
  show([...kept, ...fresh]);
}

/** Adds what a table says; photos that are here already get their answer. */
export function addTold(rows: ReadonlyMap<string, Told>): void {
  const { items } = dataSet.read();
  const byEnd = new Map([...rows].map(([uri, told]) => [baseOf(uri), { uri, told }]));
  const used = new Set<string>();
  const kept = items.map((item) => {
    const row = byEnd.get(baseOf(item.uri));
    if (!row || !sharesEnd(row.uri, item.uri)) return item;
    used.add(row.uri);
    return { ...item, uri: row.uri, told: row.told };
  });
  const fresh = [...rows]
    .filter(([uri]) => !used.has(uri))
    .map(([uri, told]): Item => ({ uri, file: null, told }));
  show([...kept, ...fresh]);
}

export function noteTold(uri: string, told: Told): void {
  const { items, corrections } = dataSet.read();
  const at = items.findIndex((item) => item.uri === uri);
  const item = items[at];
  if (item) dataSet.write({ items: items.with(at, { ...item, told }), corrections });
}

export function correct(uri: string, verdict: Verdict): void {
  const { items, corrections } = dataSet.read();
  const next = { ...corrections, [uri]: verdict };
  dataSet.write({ items, corrections: next });
  writeCorrections(items, next);
}

export function startOver(): void {
  forgetCorrections(dataSet.read().items);
  dataSet.write(EMPTY);
}

function show(items: readonly Item[]): void {
  dataSet.write({
    items,
    corrections: { ...readCorrections(items), ...dataSet.read().corrections },
  });
}

/** The least sure first; what has no answer last. */
export function leastSureFirst(items: readonly Item[]): Item[] {
  const rank = ({ told }: Item) => told?.confidence ?? (told ? 1.5 : 2);
  return [...items].sort((one, other) => rank(one) - rank(other));
}

export function baseOf(uri: string): string {
  return uri.slice(uri.lastIndexOf("/") + 1);
}

/** Whether one path ends as the other does, folder by folder. */
function sharesEnd(one: string, other: string): boolean {
  const [longer, shorter] = one.length > other.length ? [one, other] : [other, one];
  const inner = shorter.slice(shorter.indexOf("/") + 1); // the dropped folder may be named anew
  return longer === shorter || longer.endsWith(`/${shorter}`) || longer.endsWith(inner);
}
