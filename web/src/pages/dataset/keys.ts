/** One key for each answer of a review: the labels' first letters, or digits where those clash. */
import { UNDECIDED, type Item, type Verdict } from "./items";

export const SKIP_KEY = "s";
export const UNDECIDED_KEY = "u";
const TAKEN = new Set([SKIP_KEY, UNDECIDED_KEY]);
const OTHERS = Array.from("1234567890abcdefghijklmnopqrtvwxyz");

/** A key and what it says; labels beyond the keys there are have a button alone. */
export type Answer = readonly [key: string, verdict: Verdict];

export function keysOf(labels: readonly string[]): readonly Answer[] {
  const letters = labels.map((label) => label.charAt(0).toLowerCase());
  const clear = new Set(letters).size === letters.length;
  const plain = letters.every((letter) => /[a-z]/.test(letter) && !TAKEN.has(letter));
  const keys = clear && plain ? letters : OTHERS;
  const answers = labels.map((label, at): Answer => [keys[at] ?? "", label]);
  return [...answers, [UNDECIDED_KEY, UNDECIDED]];
}

/** The model's labels, and those that a table of answers has besides. */
export function labelsOf(known: readonly string[], items: readonly Item[]): readonly string[] {
  const told = items.flatMap(({ told: answer }) => answer?.label ?? []);
  return [...new Set([...known, ...[...new Set(told)].sort()])];
}
