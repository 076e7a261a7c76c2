/** The typed client of the API; every failure is thrown as an ApiFailure. */
import createClient, { type Client } from "openapi-fetch";

import { apiRoot } from "./config";
import { failureOf, unreachable } from "./failure";
import { readKey } from "./key";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];
export type Answer = Schemas["PredictionAnswer"];
export type Face = Schemas["FaceAnswer"];
export type Outcome = Schemas["Outcome"];

let client: Promise<Client<paths>> | undefined;

async function create(): Promise<Client<paths>> {
  const root = (await apiRoot()).href.replace(/\/$/, "");
  const made = createClient<paths>({ baseUrl: root, fetch: fetchOrFail });
  made.use({
    onRequest({ request }) {
      for (const [name, value] of Object.entries(keyHeaders())) request.headers.set(name, value);
      return request;
    },
  });
  return made;
}

async function fetchOrFail(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch {
    throw unreachable();
  }
}

export function keyHeaders(): Record<string, string> {
  const key = readKey();
  return key ? { Authorization: `Bearer ${key}` } : {};
}

export function api(): Promise<Client<paths>> {
  client ??= create();
  return client;
}

interface Reply<T> {
  data?: T | undefined;
  error?: unknown;
  response: Response;
}

/** The data of a reply, or its failure thrown. */
export function unwrap<T>({ data, error, response }: Reply<T>): T {
  if (!response.ok) throw failureOf(response.status, error);
  return data as T;
}
