/** Shrinking by whole numbers: the mean of each cell, in Pillow's fixed point. */
import { blank, type Raster } from "./raster";

/** Cells at the right and lower edge may be smaller; they count whole. */
export function reduce(source: Raster, across: number, down: number): Raster {
  const target = blank(Math.ceil(source.width / across), Math.ceil(source.height / down));
  for (let y = 0; y < target.height; y++) {
    const rows = Math.min(down, source.height - y * down);
    for (let x = 0; x < target.width; x++) {
      const columns = Math.min(across, source.width - x * across);
      const read = source.stride * (y * down * source.width + x * across);
      average(source, read, columns, rows, target.data, 3 * (y * target.width + x));
    }
  }
  return target;
}

/** The mean of a cell that begins at `read`. */
function average(
  { data, stride, width }: Raster,
  read: number,
  columns: number,
  rows: number,
  to: Raster["data"],
  write: number,
): void {
  const size = columns * rows;
  let red = Math.floor(size / 2);
  let [green, blue] = [red, red];
  for (let y = 0; y < rows; y++) {
    const start = read + stride * y * width;
    for (let at = start; at < start + stride * columns; at += stride) {
      red += data[at] ?? 0;
      green += data[at + 1] ?? 0;
      blue += data[at + 2] ?? 0;
    }
  }
  const multiplier = reciprocal(size);
  to[write] = (red * multiplier) >>> 24;
  to[write + 1] = (green * multiplier) >>> 24;
  to[write + 2] = (blue * multiplier) >>> 24;
}

/** 2²⁴ / size, computed in single precision. */
function reciprocal(size: number): number {
  return Math.trunc(Math.fround(2 ** 32 / Math.fround(256 * size)));
}
