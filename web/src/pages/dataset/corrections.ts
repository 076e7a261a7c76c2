/** Corrections in this browser, so that a review goes on where it was left. */
import type { Item, Verdict } from "./items";

const PREFIX = "genderlens-review-";

type Corrections = Record<string, Verdict>;

/** Of the same list of photos; none where the browser keeps nothing. */
export function readCorrections(items: readonly Item[]): Corrections {
  try {
    const text = localStorage.getItem(nameOf(items));
    return text ? (JSON.parse(text) as Corrections) : {};
  } catch {
    return {};
  }
}

export function writeCorrections(items: readonly Item[], corrections: Corrections): void {
  try {
    localStorage.setItem(nameOf(items), JSON.stringify(corrections));
  } catch {
    // A browser that keeps nothing still lets a person review and download.
  }
}

export function forgetCorrections(items: readonly Item[]): void {
  localStorage.removeItem(nameOf(items));
}

/** FNV-1a over the sorted names: which list it is, without keeping the list. */
function nameOf(items: readonly Item[]): string {
  let hash = 0x811c9dc5;
  for (const letter of items
    .map(({ uri }) => uri)
    .sort()
    .join("\n")) {
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  }
  return `${PREFIX}${items.length}-${(hash >>> 0).toString(16)}`;
}
