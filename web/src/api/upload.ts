/** Uploads with progress, which fetch cannot tell. */
import type { Answer, Schemas } from "./client";
import { keyHeaders } from "./client";
import { apiUrl } from "./config";
import { t } from "../words/en";
import { ApiFailure, failureOf, unreachable } from "./failure";

export type Faces = "single" | "largest" | "all" | "cropped";

export interface Watch {
  /** Share of the file that was sent, 0 to 1. */
  onProgress?: (share: number) => void;
  signal?: AbortSignal;
}

export interface Judged {
  answer: Answer;
  /** What the service took by its own clock, without the upload; null where it does not say. */
  tookMs: number | null;
}

export interface Question {
  faces: Faces;
  /** A version to pin. */
  model?: string;
  /** Further heads to answer, by name. */
  attributes?: readonly string[] | undefined;
}

/** The answer for one picture; a refusal (nobody, several people) is an answer too. */
export async function predict(
  file: Blob,
  name: string,
  { faces, model, attributes = [] }: Question,
  watch: Watch = {},
): Promise<Judged> {
  const form = new FormData();
  form.append("file", file, name);
  const query = new URLSearchParams({
    faces,
    ...(model && { model }),
    ...(attributes.length > 0 && { attributes: attributes.join(",") }),
  });
  const url = await apiUrl(`predict?${query.toString()}`);
  watch.signal?.throwIfAborted();
  const { status, body, timing } = await post(url, form, watch);
  if (status < 300 || isRefusal(body))
    return { answer: body as Answer, tookMs: durationOf(timing) };
  throw failureOf(status, body);
}

/** Milliseconds of a header such as `answer;dur=12.3`. */
function durationOf(timing: string | null): number | null {
  const found = /;dur=([\d.]+)/.exec(timing ?? "");
  return found?.[1] ? Number(found[1]) : null;
}

/** Adds a labelled picture to the pool of the next training. */
export async function addSample(
  file: File,
  label: string,
  watch: Watch = {},
): Promise<Schemas["SampleAnswer"]> {
  const form = new FormData();
  form.append("label", label);
  form.append("file", file, file.name);
  const { status, body } = await post(await apiUrl("samples"), form, watch);
  if (status >= 300) throw failureOf(status, body);
  return body as Schemas["SampleAnswer"];
}

function isRefusal(body: unknown): boolean {
  const outcome = (body as { outcome?: unknown } | null)?.outcome;
  return outcome === "no_person" || outcome === "many_people";
}

interface Reply {
  status: number;
  body: unknown;
  timing: string | null;
}

function post(url: string, form: FormData, watch: Watch): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    for (const [name, value] of Object.entries(keyHeaders())) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) watch.onProgress?.(event.loaded / event.total);
    };
    request.onload = () =>
      resolve({
        status: request.status,
        body: parse(request.responseText),
        timing: request.getResponseHeader("server-timing"),
      });
    request.onerror = () => reject(unreachable());
    request.onabort = () => reject(new ApiFailure(0, "aborted", t.failures.stopped));
    watch.signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(form);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
