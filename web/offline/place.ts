/** What may be kept for use without a network: the page's own files, never an answer of the API. */

export type Place =
  /** Named by the hash of its content: what is kept holds for good. */
  | "asset"
  /** A network of private mode, its address naming the content too. */
  | "network"
  /** What private mode must know; names the networks. */
  | "facts"
  /** May change under its name: asked for first, and kept for when nobody answers. */
  | "page";

const NETWORKS = ["model", "detector", "refinement", "coarse", "proposals", "fallback"] as const;
const PAGE = new Set(["", "index.html", "config.json", "icon.svg"]);

/** The addresses of the networks that the facts name; some have fewer. */
export function networksOf(facts: unknown): string[] {
  const named = facts as Partial<Record<(typeof NETWORKS)[number], { file: string } | null>>;
  return NETWORKS.flatMap((name) => named[name]?.file ?? []);
}

/** Where a request belongs; null for what is none of the page's files. `scope` ends with a slash. */
export function placeOf(method: string, address: string, scope: string): Place | null {
  if (method !== "GET" || !address.startsWith(scope)) return null;
  const { pathname, search } = new URL(address);
  const path = pathname.slice(new URL(scope).pathname.length);
  if (path.startsWith("assets/")) return "asset";
  if (path === "private/model.json") return "facts";
  if (/^private\/[a-z]+\.onnx$/.test(path) && search.startsWith("?v=")) return "network";
  return PAGE.has(path) ? "page" : null;
}
