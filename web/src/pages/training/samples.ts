/** Labelled pictures before they are sent: looked at, and searched for a face. */
import { useEffect, type Dispatch, type SetStateAction } from "react";

import { asFailure } from "../../api/failure";
import { addSample, predict } from "../../api/upload";
import { patiently } from "../../session/patience";
import { sketchOf } from "../../session/sketch";

const THUMB_PX = 128;

export interface Sample {
  id: number;
  file: File;
  label: string;
  /** Object address of a small copy; none where the browser cannot show the file. */
  url: string | null;
  /** `unknown` where the service did not say. */
  face: "unchecked" | "one" | "none" | "unknown";
}

export interface Outcome {
  added: number;
  known: number;
  /** What was refused, with the service's reason. */
  refused: string[];
}

let lastId = 0;

/** `freeSample` it when it leaves. */
export async function createSample(file: File, label: string): Promise<Sample> {
  const url = await sketchOf(file, THUMB_PX).then(
    (sketch) => sketch.url,
    () => null,
  );
  return { id: ++lastId, file, label, url, face: "unchecked" };
}

export function freeSample({ url }: Sample): void {
  if (url) URL.revokeObjectURL(url);
}

/** Asks about one picture after another whether there is a single clear face. */
export function useFaceCheck(
  samples: Sample[],
  setSamples: Dispatch<SetStateAction<Sample[]>>,
): void {
  const next = samples.find(({ face }) => face === "unchecked");
  useEffect(() => {
    if (!next) return undefined;
    const stop = new AbortController();
    void faceIn(next.file, stop.signal).then((face) => {
      if (stop.signal.aborted) return;
      setSamples((all) => all.map((one) => (one.id === next.id ? { ...one, face } : one)));
    });
    return () => stop.abort();
  }, [next, setSamples]);
}

async function faceIn(file: File, signal: AbortSignal): Promise<Sample["face"]> {
  try {
    const send = () => predict(file, file.name, { faces: "single" }, { signal });
    const { answer } = await patiently(send, signal);
    return answer.faces.length > 0 ? "one" : "none";
  } catch (error) {
    // A file that cannot be read holds no face; of all other failures the picture is innocent.
    const { status } = asFailure(error);
    return status === 415 || status === 422 ? "none" : "unknown";
  }
}

export async function sendAll(
  samples: Sample[],
  onDone: (count: number) => void,
): Promise<Outcome> {
  const outcome: Outcome = { added: 0, known: 0, refused: [] };
  for (const [index, { file, label }] of samples.entries()) {
    try {
      const { new: isNew } = await addSample(file, label);
      outcome[isNew ? "added" : "known"] += 1;
    } catch (error) {
      outcome.refused.push(`${file.name}: ${asFailure(error).message}`);
    }
    onDone(index + 1);
  }
  return outcome;
}
