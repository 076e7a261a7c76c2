/** The page in view, kept behind the # of the address: static hosting needs no rules for it. */
import { useSyncExternalStore } from "react";

export const ROUTES = [
  "predict",
  "history",
  "models",
  "compare",
  "training",
  "dataset",
  "card",
] as const;

export type Route = (typeof ROUTES)[number];

export function readRoute(): Route {
  const name = location.hash.replace(/^#\/?/, "").replace(/\?.*$/, "");
  return ROUTES.find((route) => route === name) ?? "predict";
}

/** What the address says behind the page's name, such as filters. */
export function readQuery(): URLSearchParams {
  return new URLSearchParams(location.hash.replace(/^[^?]*/, ""));
}

/** Says it there, as a step that the browser's “back” undoes. */
export function writeQuery(entries: Record<string, string>): void {
  const kept = Object.entries(entries).filter(([, value]) => value);
  const query = new URLSearchParams(kept).toString();
  location.hash = `#/${readRoute()}${query && `?${query}`}`;
}

function subscribe(listener: () => void): () => void {
  addEventListener("hashchange", listener);
  return () => removeEventListener("hashchange", listener);
}

export function useRoute(): Route {
  return useSyncExternalStore(subscribe, readRoute);
}

/** The query part of the address as text; parse it with `readQuery`. */
export function useQueryText(): string {
  return useSyncExternalStore(subscribe, () => readQuery().toString());
}
