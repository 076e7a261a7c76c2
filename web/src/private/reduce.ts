/** Shrinking by whole numbers: the mean of each cell, in Pillow's fixed point. */
import { blank, type Raster } from "./raster";

/** Cells at the right and lower edge may be smaller; they count whole. */
export function reduce(source: Raster, across: number, down: number): Raster {
  const target = blank(Math.ceil(source.width / across), Math.ceil(source.height / down));
  for (let y = 0; y < target.height; y++) {
    const rows = Math.min(down, source.height - y * down);
    for (let x = 0; x < target.width; x++) {
      const columns = Math.min(across, source.width - x * across);
      const cell: Cell = { left: x * across, top: y * down, columns, rows };
      average(source, cell, target.data, 3 * (y * target.width + x));
    }
  }
  return target;
}

interface Cell {
  left: number;
  top: number;
  columns: number;
  rows: number;
}

function average(source: Raster, cell: Cell, to: Raster["data"], write: number): void {
  const { data, stride, width } = source;
  const size = cell.columns * cell.rows;
  const amend = Math.floor(size / 2);
  const multiplier = reciprocal(size);
  for (let c = 0; c < 3; c++) {
    let sum = amend;
    for (let y = cell.top; y < cell.top + cell.rows; y++) {
      const row = stride * (y * width + cell.left) + c;
      for (let x = 0; x < cell.columns; x++) sum += data[row + stride * x] ?? 0;
    }
    to[write + c] = (sum * multiplier) >>> 24;
  }
}

/** 2²⁴ / size, computed in single precision. */
function reciprocal(size: number): number {
  return Math.trunc(Math.fround(2 ** 32 / Math.fround(256 * size)));
}
