/** Files of the model, with progress, checked against what describes them. */
import { ApiFailure, failureOf } from "../api/failure";
import type { Facts, ModelFile } from "./facts";

export interface Files {
  facts: Facts;
  model: Uint8Array;
  detector: Uint8Array;
  helpers: Helpers;
}

/** The small networks beside the detector: none where the plan of looks knows none. */
export interface Helpers {
  refinement: Uint8Array | null;
  coarse: Uint8Array | null;
  proposals: Uint8Array | null;
}

type Headers = Record<string, string>;

/** Not the file that was described: cut off, or of a model that took over meanwhile. */
class WrongFile extends Error {}

/** The files, once more past everything that is kept where one is not as described. */
export async function download(
  base: URL,
  headers: Headers,
  onProgress: (share: number) => void,
): Promise<Files> {
  try {
    return await load(base, { headers }, onProgress);
  } catch (error) {
    if (!(error instanceof WrongFile)) throw error;
    return load(base, { headers, cache: "reload" }, onProgress);
  }
}

/** One more file of the model. */
export async function downloadFile(
  base: URL,
  headers: Headers,
  file: ModelFile,
): Promise<Uint8Array> {
  const answer = await get(new URL(file.file, base), { headers });
  return check(file, await read(answer, file, () => undefined));
}

async function load(
  base: URL,
  how: RequestInit,
  onProgress: (share: number) => void,
): Promise<Files> {
  const facts = (await (await get(new URL("model.json", base), how)).json()) as Facts;
  const files = [facts.model, facts.detector, facts.refinement, facts.coarse, facts.proposals];
  const total = files.reduce((sum, file) => sum + (file?.bytes ?? 0), 0);
  let arrived = 0;
  const count = (bytes: number) => {
    arrived += bytes;
    onProgress(arrived / total);
  };
  const fetchFile = async (file: ModelFile | null | undefined) =>
    file ? check(file, await read(await get(new URL(file.file, base), how), file, count)) : null;
  const loaded = await Promise.all(files.map(fetchFile));
  const [model, detector, refinement = null, coarse = null, proposals = null] = loaded;
  if (!model || !detector) throw new WrongFile();
  return { facts, model, detector, helpers: { refinement, coarse, proposals } };
}

async function get(address: URL, how: RequestInit): Promise<Response> {
  const answer = await fetch(address, how).catch(() => null);
  if (!answer) throw new ApiFailure(0, "model_unavailable", `${address.pathname} did not arrive`);
  if (!answer.ok) throw failureOf(answer.status, await answer.json().catch(() => null));
  return answer;
}

async function read(
  answer: Response,
  { file, bytes }: ModelFile,
  count: (bytes: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const content = new Uint8Array(bytes);
  const reader = answer.body?.getReader();
  let at = 0;
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    if (at + part.value.length > bytes) throw new WrongFile(`${file} is longer than it should be`);
    content.set(part.value, at);
    at += part.value.length;
    count(part.value.length);
  }
  if (at !== bytes) throw new WrongFile(`${file} is shorter than it should be`);
  return content;
}

/** Over plain http from another machine browsers offer no hashing; the size must do there. */
async function check(
  { file, sha256 }: ModelFile,
  content: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array> {
  const subtle = (crypto as { subtle?: SubtleCrypto }).subtle;
  if (!subtle) return content;
  const digest = new Uint8Array(await subtle.digest("SHA-256", content));
  const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (found !== sha256) throw new WrongFile(`${file} is not the file that is described`);
  return content;
}
