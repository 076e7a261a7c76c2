/** Antialiased resizing, pixel for pixel as Pillow does it: two passes of 8 bits each. */
import { createKernel, PRECISION_BITS, type Filter, type Kernel } from "./kernel";
import { blank, type Box, type Raster } from "./raster";

const HALF = 1 << (PRECISION_BITS - 1);

/** A part of a picture at another size. */
export function resize(
  source: Raster,
  width: number,
  height: number,
  box: Box,
  filter: Filter,
): Raster {
  const across = createKernel(source.width, box[0], box[2], width, filter);
  const down = createKernel(source.height, box[1], box[3], height, filter);
  if (isColumnsFirst(source, width, height)) {
    return resizeAcross(resizeDown(source, down), across, [0, height]);
  }
  return resizeDown(resizeAcross(source, across, rowsRead(down)), down);
}

/** Each pass rounds to 8 bits, so their order shows; Pillow ≥ 13 begins where that saves more. */
function isColumnsFirst(source: Raster, width: number, height: number): boolean {
  const saved = source.height - height;
  return saved > 0 && saved > 2 * (source.width - width);
}

/** Rows that the second pass reads; only those are computed. */
function rowsRead({ first, count }: Kernel): [number, number] {
  const last = first.length - 1;
  return [first[0] ?? 0, (first[last] ?? 0) + (count[last] ?? 0)];
}

function resizeAcross(source: Raster, kernel: Kernel, [from, to]: [number, number]): Raster {
  const width = kernel.first.length;
  const target = blank(width, source.height);
  const { data, stride } = source;
  for (let y = from; y < to; y++) {
    for (let x = 0; x < width; x++) {
      const read = stride * (y * source.width + (kernel.first[x] ?? 0));
      weigh(data, read, stride, kernel, x, target.data, 3 * (y * width + x));
    }
  }
  return target;
}

function resizeDown(source: Raster, kernel: Kernel): Raster {
  const height = kernel.first.length;
  const { width, data, stride } = source;
  const target = blank(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const read = stride * ((kernel.first[y] ?? 0) * width + x);
      weigh(data, read, stride * width, kernel, y, target.data, 3 * (y * width + x));
    }
  }
  return target;
}

type Bytes = Raster["data"];

/** One output pixel from pixels that lie `step` bytes apart. */
function weigh(
  from: Bytes,
  read: number,
  step: number,
  kernel: Kernel,
  out: number,
  to: Bytes,
  write: number,
): void {
  const { weights, room } = kernel;
  const base = out * room;
  const count = kernel.count[out] ?? 0;
  let red = HALF;
  let green = HALF;
  let blue = HALF;
  for (let i = 0; i < count; i++) {
    const weight = weights[base + i] ?? 0;
    const at = read + i * step;
    red += weight * (from[at] ?? 0);
    green += weight * (from[at + 1] ?? 0);
    blue += weight * (from[at + 2] ?? 0);
  }
  to[write] = clip(red);
  to[write + 1] = clip(green);
  to[write + 2] = clip(blue);
}

function clip(sum: number): number {
  const value = sum >> PRECISION_BITS;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
