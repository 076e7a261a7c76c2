/** Small copies for the list: originals of a camera would take 48 MB of memory each. */
import { draw, encode } from "./picture";
import { Slots } from "./slots";
import { readPictures, update } from "./store";
import type { Picture, Sketch } from "./types";

const MAX_SIDE_PX = 640;
const QUALITY = 0.85;
const slots = new Slots(1);

/** Makes the small copy of a picture, one picture after another. */
export async function sketch({ id, file }: Picture): Promise<void> {
  await slots.run(async () => {
    if (!isThere(id)) return;
    const made = await sketchOf(file).catch(() => "broken" as const);
    const kept = update(id, { sketch: made });
    if (!kept && made !== "broken") URL.revokeObjectURL(made.url);
  });
}

/** The caller frees the address. */
export async function sketchOf(file: Blob, maxSidePx = MAX_SIDE_PX): Promise<Sketch> {
  const { canvas, size } = await draw(file, maxSidePx);
  return { url: URL.createObjectURL(await encode(canvas, QUALITY)), size };
}

function isThere(id: number): boolean {
  return readPictures().some((picture) => picture.id === id);
}
