/** Heat maps over a picture, where the service has a route for them. */
import { keyHeaders } from "./client";
import { apiUrl } from "./config";
import { failureOf, unreachable } from "./failure";
import type { Faces } from "./upload";

const PATH = "explain";

/** Asked of the OpenAPI document, for a route that is not there cannot be asked. */
export async function offersHeat(): Promise<boolean> {
  const answer = await fetch(await apiUrl("openapi.json")).catch(() => null);
  if (!answer?.ok) return false;
  const document = (await answer.json()) as { paths?: Record<string, unknown> };
  return `/${PATH}` in (document.paths ?? {});
}

/** Object address of the picture with its heat. */
export async function explain(file: Blob, name: string, faces: Faces): Promise<string> {
  const body = new FormData();
  body.append("file", file, name);
  const answer = await fetch(await apiUrl(`${PATH}?faces=${faces}`), {
    method: "POST",
    body,
    headers: keyHeaders(),
  }).catch(() => {
    throw unreachable();
  });
  if (!answer.ok) throw failureOf(answer.status, await answer.json().catch(() => null));
  return URL.createObjectURL(await answer.blob());
}
