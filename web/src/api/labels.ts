/** The words that the default model answers with: the one place in which the page knows them. */
import type { Label } from "./client";

/** In the order in which a person is offered them. */
export const LABELS: readonly Label[] = ["female", "male"];

/** Whose probability tables carry. */
export const POSITIVE: Label = "male";

/** As a query of the address or a table has it; undefined for any other word. */
export function readLabel(word: string | null): Label | undefined {
  return LABELS.find((label) => label === word);
}

/** The key that stands for a label in a review. */
export function keyOf(label: Label): string {
  return label.charAt(0);
}
