/** Files of the model, with progress, checked against what describes them. */
import type { Facts, ModelFile } from "./facts";

/** Bytes of the files of private mode, and how much of them has arrived. */
export async function download(
  base: URL,
  onProgress: (share: number) => void,
): Promise<{ facts: Facts; model: Uint8Array; detector: Uint8Array }> {
  const facts = (await (await get(new URL("model.json", base))).json()) as Facts;
  const total = facts.model.bytes + facts.detector.bytes;
  let arrived = 0;
  const count = (bytes: number) => {
    arrived += bytes;
    onProgress(arrived / total);
  };
  const [model, detector] = await Promise.all([
    fetchFile(base, facts.model, count),
    fetchFile(base, facts.detector, count),
  ]);
  return { facts, model, detector };
}

async function get(address: URL): Promise<Response> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address.pathname}: status ${answer.status}`);
  return answer;
}

async function fetchFile(
  base: URL,
  { file, bytes, sha256 }: ModelFile,
  count: (bytes: number) => void,
): Promise<Uint8Array> {
  const answer = await get(new URL(file, base));
  const content = new Uint8Array(bytes);
  const reader = answer.body?.getReader();
  let at = 0;
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    if (at + part.value.length > bytes) throw new Error(`${file} is longer than it should be`);
    content.set(part.value, at);
    at += part.value.length;
    count(part.value.length);
  }
  if (at !== bytes || (await hash(content)) !== sha256) {
    throw new Error(`${file} is not the file that is described`);
  }
  return content;
}

async function hash(content: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
