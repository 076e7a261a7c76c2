/** CenterFace's outputs to faces; mirrors genderlens.detection.faces. */
import { roundHalfEven } from "./pose";
import { overlap, type Box, type Point } from "./raster";

/** Planes of one picture, each rows × columns, one after another. */
export interface Planes {
  data: Float32Array;
  rows: number;
  columns: number;
}

export interface Outputs {
  heat: Planes;
  size: Planes;
  offset: Planes;
  landmarks: Planes;
}

/** A face in pixels of the network's input. */
export interface Found {
  box: Box;
  score: number;
  points: Point[];
}

/** Pixels of the input per cell of CenterFace's output. */
export const CELL_PX = 4;
/** The same of the small networks that look at pictures. */
export const COARSE_CELL_PX = 8;
const MAX_OVERLAP = 0.3;
/** Corners and points lie on grids: engines differ in the last digits of a float. */
const STEPS_PER_PX = 4;
const POINT_STEPS_PER_PX = 16;
const POINTS = 5;

/** Faces above a score, best first; several may mean the same one. */
export function decode(
  { heat, size, offset, landmarks }: Outputs,
  minScore: number,
  cellPx = CELL_PX,
): Found[] {
  const least = Math.fround(minScore);
  const area = heat.rows * heat.columns;
  const found: Found[] = [];
  for (let cell = 0; cell < area; cell++) {
    const score = heat.data[cell] ?? 0;
    if (score <= least) continue;
    const height = Math.exp(size.data[cell] ?? 0) * cellPx;
    const width = Math.exp(size.data[area + cell] ?? 0) * cellPx;
    const y = (Math.floor(cell / heat.columns) + (offset.data[cell] ?? 0) + 0.5) * cellPx;
    const x = ((cell % heat.columns) + (offset.data[area + cell] ?? 0) + 0.5) * cellPx;
    const [left, top] = [x - width / 2, y - height / 2];
    const share = (plane: number) => landmarks.data[plane * area + cell] ?? 0;
    const points = Array.from({ length: POINTS }, (_, i): Point => {
      const [across, down] = [left + share(2 * i + 1) * width, top + share(2 * i) * height];
      return [snap(across, POINT_STEPS_PER_PX), snap(down, POINT_STEPS_PER_PX)];
    });
    const box = onGrid([left, top, x + width / 2, y + height / 2], STEPS_PER_PX);
    found.push({ box, score, points });
  }
  return found.filter(hasPixels).sort((a, b) => b.score - a.score);
}

/** Whether something is left of a box on the grid. */
function hasPixels({ box: [left, top, right, bottom] }: Found): boolean {
  return right > left && bottom > top;
}

/** A box whose corners are the nearest of so many steps a pixel. */
export function onGrid([left, top, right, bottom]: Box, stepsPerPx: number): Box {
  const corner = (value: number) => snap(value, stepsPerPx);
  return [corner(left), corner(top), corner(right), corner(bottom)];
}

export function snap(value: number, stepsPerPx: number): number {
  return roundHalfEven(value * stepsPerPx) / stepsPerPx;
}

/** Greedy non-maximum suppression over boxes that come best first. */
export function suppress(found: Found[]): Found[] {
  const kept: Found[] = [];
  for (const one of found) {
    if (kept.every((other) => overlap(one.box, other.box) <= MAX_OVERLAP)) kept.push(one);
  }
  return kept;
}
