/** Hands a file to the browser's downloads. */
import { keyHeaders } from "./client";
import { apiUrl } from "./config";
import { failureOf, unreachable } from "./failure";

export function save(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A file of the API, fetched with the key, which a plain link could not send. */
export async function saveFromApi(path: string, name: string): Promise<void> {
  const answer = await fetch(await apiUrl(path), { headers: keyHeaders() }).catch(() => {
    throw unreachable();
  });
  if (!answer.ok) throw failureOf(answer.status, await answer.json().catch(() => null));
  save(await answer.blob(), name);
}
