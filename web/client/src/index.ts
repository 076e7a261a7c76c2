/** A typed client of a genderlens service, for browsers, Node, Deno and Bun. */
import createClient, { type Client } from "openapi-fetch";

import { patientFetch, type Patience } from "./patience.js";
import type { components, paths } from "./schema.js";

export type { components, paths } from "./schema.js";
export type { Patience } from "./patience.js";
export type Schemas = components["schemas"];
export type Answer = Schemas["PredictionAnswer"];
export type BatchItem = Schemas["BatchItem"];
export type Face = Schemas["FaceAnswer"];
export type Health = Schemas["Health"];
export type Faces = "single" | "largest" | "all" | "cropped";

export interface Options extends Patience {
  /** An API key, where the service asks for one. */
  key?: string;
}

export interface Asked {
  faces?: Faces;
  signal?: AbortSignal;
}

/** What the service says of a failure: its status, the stable code, and the whole document. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly code: string;
  readonly document: Record<string, unknown>;

  constructor(status: number, document: Record<string, unknown>) {
    super(textOf(document.detail) ?? `the service answered ${String(status)}`);
    this.status = status;
    this.code = textOf(document.code) ?? "unknown";
    this.document = document;
  }
}

export class GenderlensClient {
  /** Every route of the service, by its path: `client.api.GET("/models")`. */
  readonly api: Client<paths>;
  readonly #base: string;
  readonly #headers: Record<string, string>;
  readonly #fetch: (request: Request) => Promise<Response>;

  /** `baseUrl`: where the service is, `http://127.0.0.1:8000`. */
  constructor(baseUrl: string, { key, ...patience }: Options = {}) {
    this.#base = baseUrl.replace(/\/+$/, "");
    this.#headers = key ? { Authorization: `Bearer ${key}` } : {};
    this.#fetch = patientFetch(patience);
    this.api = createClient<paths>({
      baseUrl: this.#base,
      headers: this.#headers,
      fetch: this.#fetch,
    });
  }

  /** The answer for one photo. A refusal, such as two people under `single`, throws a Problem. */
  async predict(photo: Blob, { faces, signal }: Asked = {}): Promise<Answer> {
    const form = new FormData();
    form.append("file", photo, "photo");
    return this.#send<Answer>("/predict", faces, form, signal);
  }

  /** An answer for each photo, in order; a bad one costs the others nothing. */
  async predictBatch(photos: Iterable<Blob>, { faces, signal }: Asked = {}): Promise<BatchItem[]> {
    const form = new FormData();
    for (const photo of photos) form.append("files", photo, "photo");
    const { results } = await this.#send<Schemas["BatchAnswer"]>(
      "/predict-batch",
      faces,
      form,
      signal,
    );
    return results;
  }

  /** Whether it is ready, with which model, and what that runs on. */
  async health(): Promise<Health> {
    return this.#ask<Health>(new Request(`${this.#base}/health`, { headers: this.#headers }));
  }

  #send<T>(
    path: string,
    faces: Faces | undefined,
    body: FormData,
    signal?: AbortSignal,
  ): Promise<T> {
    const address = `${this.#base}${path}${faces ? `?faces=${faces}` : ""}`;
    const wanted: RequestInit = { method: "POST", headers: this.#headers, body };
    if (signal) wanted.signal = signal;
    return this.#ask<T>(new Request(address, wanted));
  }

  async #ask<T>(request: Request): Promise<T> {
    const reply = await this.#fetch(request);
    const document: unknown = await reply.json().catch(() => ({}));
    if (!reply.ok) throw new Problem(reply.status, document as Record<string, unknown>);
    return document as T;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
