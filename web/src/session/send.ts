/** Photos to the service; smaller where that is wanted, and their answers in pixels of the originals. */
import { predict, type Faces, type Judged, type Watch } from "../api/upload";
import { readShrinking, shrink, stretch, type Copy } from "./shrink";

export interface Sent extends Judged {
  /** Whether the answer is about a smaller copy. */
  smaller: boolean;
}

/** Answers by their identifiers, and what was asked about; freed with the photo. */
const asked = new Map<string, WeakRef<Blob>>();

/** The answer for one photo; throws an ApiFailure, or the signal's reason. */
export async function send(
  file: Blob,
  name: string,
  {
    smaller = false,
    ...options
  }: {
    faces: Faces;
    model?: string;
    attributes?: readonly string[] | undefined;
    smaller?: boolean;
  },
  watch: Watch = {},
): Promise<Sent> {
  const copy = await copyOf(file, smaller);
  watch.signal?.throwIfAborted();
  const { answer, tookMs } = await predict(copy.file, name, options, watch);
  if (answer.id) asked.set(answer.id, new WeakRef(file));
  return { answer: stretch(answer, copy.scale), tookMs, smaller: copy.file !== file };
}

/** What is sent: the file, or a smaller copy where that is asked for here or in the options. */
export function copyOf(file: Blob, smaller = false): Promise<Copy> {
  if (smaller) return shrink(file, 0);
  return readShrinking() ? shrink(file) : Promise.resolve({ file, scale: 1 });
}

/** The photo that an answer of this visit is about, while anything still holds it. */
export function photoOf(id: string): Blob | undefined {
  return asked.get(id)?.deref();
}
