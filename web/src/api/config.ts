/** Where the API is: `config.json` beside the page says so, at run time. */

export interface Config {
  /** Address of the API, relative to the page or absolute. */
  api: string;
}

export const SAME_ORIGIN: Config = { api: ".." };

let loading: Promise<URL> | undefined;

/** The API's root, without a slash at its end. A missing or broken file means the same origin. */
export function apiRoot(): Promise<URL> {
  loading ??= load();
  return loading;
}

async function load(): Promise<URL> {
  const page = new URL(".", document.baseURI);
  const { api } = await readConfig(new URL("config.json", page));
  return new URL(api.endsWith("/") ? api : `${api}/`, page);
}

async function readConfig(address: URL): Promise<Config> {
  try {
    const answer = await fetch(address, { cache: "no-cache" });
    const found: unknown = answer.ok ? await answer.json() : null;
    return isConfig(found) ? found : SAME_ORIGIN;
  } catch {
    return SAME_ORIGIN;
  }
}

function isConfig(value: unknown): value is Config {
  return (
    typeof value === "object" && value !== null && "api" in value && typeof value.api === "string"
  );
}

/** The address of a path of the API. */
export async function apiUrl(path: string): Promise<string> {
  return new URL(path.replace(/^\//, ""), await apiRoot()).href;
}
