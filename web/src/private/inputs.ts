/** Pictures as the networks of a detector take them; mirrors genderlens.detection.networks.inputs. */
import { roundHalfEven } from "./pose";
import { crop, scaleBox, type Box, type Point, type Raster, type Size } from "./raster";
import { shrink } from "./region";

/** Sides of the input are multiples of this. */
export const MULTIPLE = 32;
/** How a picture is made smaller for the detector, as Pillow has it. */
export const REDUCING_GAP = 2;

/** The picture with its longer side at most so long; `reducingGap` as Pillow has it. */
export function shrunk(picture: Raster, maxSidePx: number, reducingGap: number): Raster {
  const { width, height } = shrunkSize(picture, maxSidePx);
  return shrink(picture, width, height, reducingGap);
}

/** Of the picture once its longer side is at most so long. */
export function shrunkSize(picture: Size, maxSidePx: number): Size {
  const scale = Math.min(1, maxSidePx / Math.max(picture.width, picture.height));
  const shrunkSide = (side: number) => Math.max(1, roundHalfEven(side * scale));
  return { width: shrunkSide(picture.width), height: shrunkSide(picture.height) };
}

/** How many pixels of `other` lie in one of `one`, across and down, sizes of one picture. */
export function scaleBetween(one: Size, other: Size): Point {
  return [other.width / one.width, other.height / one.height];
}

/** A window of a copy of the picture in a size, of which no more is made. */
export function cutWindow(picture: Raster, window: Box, size: Size): Raster {
  const [left, top] = window;
  const shown: Box = [left, top, Math.min(window[2], size.width), Math.min(window[3], size.height)];
  const [width, height] = [shown[2] - left, shown[3] - top];
  const part = scaleBox(shown, scaleBetween(size, picture));
  return padded(shrink(picture, width, height, REDUCING_GAP, part));
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
