/** Asks about the photos of a data set, a few at a time, until it is stopped. */
import type { Answer } from "../../api/client";
import { asFailure } from "../../api/failure";
import { predictHere } from "../../private/device";
import { createCell } from "../../session/cell";
import { patiently } from "../../session/patience";
import { send } from "../../session/send";
import { Slots } from "../../session/slots";
import type { PredictOptions } from "../../session/types";
import { noteTold, readDataSet, type Item, type Told } from "./items";

const asking = createCell<AbortController | null>(null);
export const useAsking = asking.use;

export function stopAsking(): void {
  asking.read()?.abort();
  asking.write(null);
}

export async function askAll(options: PredictOptions): Promise<void> {
  stopAsking();
  const control = new AbortController();
  asking.write(control);
  const slots = new Slots(options.place === "device" ? 1 : 3);
  const open = readDataSet().items.filter(({ told, file }) => file && !told);
  await Promise.allSettled(
    open.map((item) => slots.run(() => ask(item, options, control.signal), control.signal)),
  );
  if (asking.read() === control) asking.write(null);
}

async function ask(
  { uri, file }: Item,
  { faces, place }: PredictOptions,
  signal: AbortSignal,
): Promise<void> {
  if (!file) return;
  try {
    const answer =
      place === "device"
        ? await predictHere(file, faces)
        : (await patiently(() => send(file, file.name, { faces }, { signal }), signal)).answer;
    if (!signal.aborted) noteTold(uri, toldOf(answer));
  } catch (error) {
    if (signal.aborted) return;
    const { code, status } = asFailure(error);
    // Photos that cannot be read are a finding; a service that is away is none.
    if (status === 415 || status === 422 || status === 413) noteTold(uri, unread(code));
  }
}

function toldOf({ outcome, faces }: Answer): Told {
  const [face] = faces;
  return {
    outcome,
    label: face?.prediction ?? null,
    confidence: face?.confidence ?? null,
    box: face?.box ?? null,
    size: null,
  };
}

function unread(outcome: string): Told {
  return { outcome, label: null, confidence: null, box: null, size: null };
}
