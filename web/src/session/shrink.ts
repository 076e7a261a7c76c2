/** Photos made smaller before they are sent: for slow lines, where the visitor says so. */
import type { Answer } from "../api/client";
import { createCell } from "./cell";
import { draw, encode } from "./picture";

const MAX_SIDE_PX = 2048;
const QUALITY = 0.92;
/** Smaller files are sent as they are. */
const WORTH_BYTES = 1_000_000;

export interface Copy {
  file: Blob;
  /** Of what is sent to the original. */
  scale: number;
}

const shrinking = createCell(false);
export const readShrinking = shrinking.read;
export const writeShrinking = shrinking.write;
export const useShrinking = shrinking.use;

/**
 * The picture to send; the file itself where it is small or the browser cannot decode it.
 *
 * No copy keeps every answer within 1e-3: even one of the same size moves the box of a face by parts
 * of a pixel, and the answer with it.
 */
export async function shrink(file: Blob, worthBytes = WORTH_BYTES): Promise<Copy> {
  if (file.size < worthBytes) return { file, scale: 1 };
  try {
    const { canvas, scale } = await draw(file, MAX_SIDE_PX);
    const smaller = await encode(canvas, QUALITY);
    return smaller.size < file.size ? { file: smaller, scale } : { file, scale: 1 };
  } catch {
    return { file, scale: 1 };
  }
}

/** An answer about a smaller copy, its boxes in pixels of the original. */
export function stretch(answer: Answer, scale: number): Answer {
  if (scale === 1) return answer;
  const faces = answer.faces.map((face) => ({
    ...face,
    box: face.box?.map((edge) => edge / scale) ?? null,
  }));
  return { ...answer, faces };
}
