/** Heat maps over a picture. */
import { keyHeaders } from "./client";
import { apiUrl } from "./config";
import { failureOf, unreachable } from "./failure";
import type { Faces } from "./upload";

/** Object address of a face with its heat; faces count from 1. */
export async function explain(
  file: Blob,
  name: string,
  faces: Faces,
  face: number,
): Promise<string> {
  const body = new FormData();
  body.append("file", file, name);
  const answer = await fetch(await apiUrl(`explain?faces=${faces}&face=${face}`), {
    method: "POST",
    body,
    headers: keyHeaders(),
  }).catch(() => {
    throw unreachable();
  });
  if (!answer.ok) throw failureOf(answer.status, await answer.json().catch(() => null));
  return URL.createObjectURL(await answer.blob());
}
