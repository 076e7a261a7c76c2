/** Pictures as the networks of a detector take them; mirrors genderlens.detection.inputs. */
import { roundHalfEven } from "./pose";
import type { Raster } from "./raster";
import { shrink } from "./region";

/** Sides of the input are multiples of this. */
export const MULTIPLE = 32;

/** Bytes rows × columns × 3. */
export interface Input {
  input: Uint8Array;
  rows: number;
  columns: number;
}

/** The picture with its longer side at most so long. */
export function shrunk(picture: Raster, maxSidePx: number): Raster {
  const scale = Math.min(1, maxSidePx / Math.max(picture.width, picture.height));
  const width = Math.max(1, roundHalfEven(picture.width * scale));
  const height = Math.max(1, roundHalfEven(picture.height * scale));
  return shrink(picture, width, height);
}

/** Black to the right and below up to a multiple of 32. */
export function padded({ width, height, stride, data }: Raster): Input {
  const rows = Math.ceil(height / MULTIPLE) * MULTIPLE;
  const columns = Math.ceil(width / MULTIPLE) * MULTIPLE;
  const input = new Uint8Array(3 * rows * columns);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const read = stride * (y * width + x);
      const write = 3 * (y * columns + x);
      for (let c = 0; c < 3; c++) input[write + c] = data[read + c] ?? 0;
    }
  }
  return { input, rows, columns };
}

/** The nearest side that a network takes without padding. */
export function nearestMultiple(side: number): number {
  return roundHalfEven(side / MULTIPLE) * MULTIPLE;
}
