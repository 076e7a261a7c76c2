/** The page in view, kept behind the # of the address: static hosting needs no rules for it. */
import { useSyncExternalStore } from "react";

export const ROUTES = {
  predict: "Predict",
  history: "History",
  models: "Models",
  training: "Training",
  card: "Model card",
} as const;

export type Route = keyof typeof ROUTES;

export function readRoute(): Route {
  const name = location.hash.replace(/^#\/?/, "");
  return name in ROUTES ? (name as Route) : "predict";
}

function subscribe(listener: () => void): () => void {
  addEventListener("hashchange", listener);
  return () => removeEventListener("hashchange", listener);
}

export function useRoute(): Route {
  return useSyncExternalStore(subscribe, readRoute);
}
