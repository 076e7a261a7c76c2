/** Uploads with progress, which fetch cannot tell. */
import type { Answer, Schemas } from "./client";
import { keyHeaders } from "./client";
import { apiUrl } from "./config";
import { ApiFailure, failureOf, unreachable } from "./failure";

export type Faces = "single" | "largest" | "all" | "cropped";

export interface Watch {
  /** Share of the file that was sent, 0 to 1. */
  onProgress?: (share: number) => void;
  signal?: AbortSignal;
}

/** The answer for one picture; a refusal (nobody, several people) is an answer too. */
export async function predict(
  file: Blob,
  name: string,
  faces: Faces,
  watch: Watch = {},
): Promise<Answer> {
  const form = new FormData();
  form.append("file", file, name);
  const url = await apiUrl(`predict?faces=${faces}`);
  const { status, body } = await post(url, form, watch);
  if (status < 300 || isRefusal(body)) return body as Answer;
  throw failureOf(status, body);
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

function post(
  url: string,
  form: FormData,
  watch: Watch,
): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    for (const [name, value] of Object.entries(keyHeaders())) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) watch.onProgress?.(event.loaded / event.total);
    };
    request.onload = () => resolve({ status: request.status, body: parse(request.responseText) });
    request.onerror = () => reject(unreachable());
    request.onabort = () => reject(new ApiFailure(0, "aborted", "Stopped."));
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
