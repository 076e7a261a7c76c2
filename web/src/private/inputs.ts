/** Pictures as the networks of a detector take them; mirrors genderlens.detection.networks.inputs. */
import { roundHalfEven } from "./pose";
import { crop, type Raster } from "./raster";
import { shrink } from "./region";

/** Sides of the input are multiples of this. */
export const MULTIPLE = 32;

/** The picture with its longer side at most so long; `reducingGap` as Pillow has it. */
export function shrunk(picture: Raster, maxSidePx: number, reducingGap: number): Raster {
  const scale = Math.min(1, maxSidePx / Math.max(picture.width, picture.height));
  const width = Math.max(1, roundHalfEven(picture.width * scale));
  const height = Math.max(1, roundHalfEven(picture.height * scale));
  return shrink(picture, width, height, reducingGap);
}

/** Black to the right and below up to a multiple of 32, three bytes a pixel. */
export function padded(picture: Raster): Raster {
  const [width, height] = [picture.width, picture.height].map(
    (side) => Math.ceil(side / MULTIPLE) * MULTIPLE,
  );
  return crop(picture, [0, 0, width ?? 0, height ?? 0]);
}

/** The nearest side that a network takes without padding. */
export function nearestMultiple(side: number): number {
  return roundHalfEven(side / MULTIPLE) * MULTIPLE;
}
