/** How the list of pictures is shown: which of them, in which order, and as what. */
import { certaintyOf, kindOf, type Kind } from "../words/verdict";
import { createCell } from "./cell";
import type { Picture } from "./types";

export type Sort = "file" | "name" | "sure" | "unsure";
export type Layout = "list" | "grid";

export interface View {
  /** A kind, empty for all. */
  filter: Kind;
  sort: Sort;
  /** Null until it is chosen: a grid for many. */
  layout: Layout | null;
  /** What the visitor would ask for in place of the service's threshold, null for that. */
  threshold: number | null;
}

const MANY = 12;
const view = createCell<View>({ filter: "", sort: "file", layout: null, threshold: null });
export const useView = view.use;
export const readView = view.read;

export function changeView(change: Partial<View>): void {
  view.write({ ...view.read(), ...change });
}

export function layoutOf({ layout }: View, count: number): Layout {
  return layout ?? (count > MANY ? "grid" : "list");
}

/** The pictures that are wanted, in the wanted order. */
export function arrange(pictures: readonly Picture[], { filter, sort, threshold }: View) {
  const kept = filter ? pictures.filter((one) => kindOf(one, threshold) === filter) : [...pictures];
  if (sort === "name") return kept.sort((one, other) => one.name.localeCompare(other.name));
  if (sort === "file") return kept;
  const sign = sort === "sure" ? -1 : 1;
  return kept.sort((one, other) => sign * (certaintyOf(one, sign) - certaintyOf(other, sign)));
}

/** How many pictures there are of each kind, the most frequent first. */
export function tally(pictures: readonly Picture[], threshold: number | null): [Kind, number][] {
  const counts = new Map<Kind, number>();
  for (const picture of pictures) {
    const kind = kindOf(picture, threshold);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].sort(([, one], [, other]) => other - one);
}
