/** Pixels, and rectangles among them. */

export interface Size {
  width: number;
  height: number;
}

export interface Raster extends Size {
  /** Bytes per pixel: red, green, blue, and with 4 one that is not looked at. */
  stride: 3 | 4;
  data: Uint8Array;
}

/** Left, top, right, bottom in pixels. */
export type Box = readonly [number, number, number, number];

/** Across and down, in pixels. */
export type Point = readonly [number, number];

export function blank(width: number, height: number): Raster {
  return { width, height, stride: 3, data: new Uint8Array(3 * width * height) };
}

export function wholeOf({ width, height }: Raster): Box {
  return [0, 0, width, height];
}

/** A part of a picture that may reach beyond it; there it is black. */
export function crop(source: Raster, [left, top, right, bottom]: Box): Raster {
  const target = blank(right - left, bottom - top);
  const { data, stride, width } = source;
  const from = Math.max(left, 0);
  const to = Math.min(right, width);
  for (let y = Math.max(top, 0); y < Math.min(bottom, source.height); y++) {
    let write = 3 * ((y - top) * target.width + (from - left));
    const end = stride * (y * width + to);
    for (let read = stride * (y * width + from); read < end; read += stride, write += 3) {
      target.data[write] = data[read] ?? 0;
      target.data[write + 1] = data[read + 1] ?? 0;
      target.data[write + 2] = data[read + 2] ?? 0;
    }
  }
  return target;
}

export function mirror(source: Raster): Raster {
  const target = blank(source.width, source.height);
  for (let y = 0; y < source.height; y++) {
    for (let x = 0; x < source.width; x++) {
      const read = source.stride * (y * source.width + (source.width - 1 - x));
      const write = 3 * (y * source.width + x);
      for (let c = 0; c < 3; c++) target.data[write + c] = source.data[read + c] ?? 0;
    }
  }
  return target;
}

/** A box in pixels so many times smaller. */
export function scaleBox([left, top, right, bottom]: Box, [across, down]: Point): Box {
  return [left * across, top * down, right * across, bottom * down];
}

/** What of a box lies in a picture. */
export function clip([left, top, right, bottom]: Box, { width, height }: Raster): Box {
  const within = (value: number, most: number) => Math.min(Math.max(value, 0), most);
  return [within(left, width), within(top, height), within(right, width), within(bottom, height)];
}

/** Intersection over union; 0 where either is empty. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const area = ([left, top, right, bottom]: Box) => (right - left) * (bottom - top);
  return (width * height) / (area(a) + area(b) - width * height);
}
