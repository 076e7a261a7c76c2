/** CenterFace's outputs to faces; mirrors genderlens.detection.faces. */
import { overlap, type Box, type Raster } from "./raster";
import { resizeRegion, shrink } from "./region";

export interface Detection {
  box: Box;
  score: number;
}

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
}

/** Bytes 1×H×W×3 to the planes. */
export type RunDetector = (input: Uint8Array, height: number, width: number) => Promise<Outputs>;

const STRIDE = 4;
const MULTIPLE = 32;
const SECOND_LOOK_SIDE_PX = 128;
const CLOSER_LOOK_SIDE_PX = 160;
const MAX_OVERLAP = 0.3;
/** Corners lie on this grid: engines differ in the last digits of a float. */
const STEPS_PER_PX = 4;

/** Faces that count at first sight, and weaker ones that the first look saw, each best first. */
export interface Survey {
  faces: Detection[];
  weak: Detection[];
}

/** If the first look finds no face, a second looks at a smaller copy. */
export async function survey(
  picture: Raster,
  run: RunDetector,
  maxSidePx: number,
  minScore: number,
  weakScore: number,
): Promise<Survey> {
  const first = await look(picture, run, maxSidePx, Math.min(weakScore, minScore));
  const faces = first.filter(({ score }) => score > minScore);
  return {
    faces: faces.length > 0 ? faces : await look(picture, run, SECOND_LOOK_SIDE_PX, minScore),
    weak: first.filter(({ score }) => score <= minScore),
  };
}

/** Faces in a square, which may reach beyond the picture, in pixels of the picture. */
export async function lookCloser(
  picture: Raster,
  run: RunDetector,
  square: Box,
  minScore: number,
): Promise<Detection[]> {
  const side = CLOSER_LOOK_SIDE_PX;
  const input = resizeRegion(picture, side, side, square, "bilinear");
  const found = suppress(decode(await run(padded(input, side, side), side, side), minScore));
  const scale = (square[2] - square[0]) / side;
  const [left, top] = square;
  return found.map(({ box, score }) => ({
    box: [left + box[0] * scale, top + box[1] * scale, left + box[2] * scale, top + box[3] * scale],
    score,
  }));
}

async function look(
  picture: Raster,
  run: RunDetector,
  maxSidePx: number,
  minScore: number,
): Promise<Detection[]> {
  const scale = Math.min(1, maxSidePx / Math.max(picture.width, picture.height));
  const width = Math.max(1, roundHalfEven(picture.width * scale));
  const height = Math.max(1, roundHalfEven(picture.height * scale));
  const paddedHeight = Math.ceil(height / MULTIPLE) * MULTIPLE;
  const paddedWidth = Math.ceil(width / MULTIPLE) * MULTIPLE;
  const input = padded(shrink(picture, width, height), paddedHeight, paddedWidth);
  const outputs = await run(input, paddedHeight, paddedWidth);
  const kept = suppress(decode(outputs, minScore));
  const x = picture.width / width;
  const y = picture.height / height;
  return kept.map(({ box, score }) => ({ box: fit(box, x, y, picture), score }));
}

/** As Python rounds. */
export function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

/** H×W×3, black to the right and below. */
function padded(
  { width, height, stride, data }: Raster,
  rows: number,
  columns: number,
): Uint8Array {
  const bytes = new Uint8Array(3 * rows * columns);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const read = stride * (y * width + x);
      const write = 3 * (y * columns + x);
      for (let c = 0; c < 3; c++) bytes[write + c] = data[read + c] ?? 0;
    }
  }
  return bytes;
}

export function decode({ heat, size, offset }: Outputs, minScore: number): Detection[] {
  const least = Math.fround(minScore);
  const area = heat.rows * heat.columns;
  const found: Detection[] = [];
  for (let cell = 0; cell < area; cell++) {
    const score = heat.data[cell] ?? 0;
    if (score <= least) continue;
    const height = Math.exp(size.data[cell] ?? 0) * STRIDE;
    const width = Math.exp(size.data[area + cell] ?? 0) * STRIDE;
    const y = (Math.floor(cell / heat.columns) + (offset.data[cell] ?? 0) + 0.5) * STRIDE;
    const x = ((cell % heat.columns) + (offset.data[area + cell] ?? 0) + 0.5) * STRIDE;
    const corners = [x - width / 2, y - height / 2, x + width / 2, y + height / 2] as const;
    found.push({ box: onGrid(corners), score });
  }
  return found.sort((a, b) => b.score - a.score);
}

function onGrid([left, top, right, bottom]: Box): Box {
  const snap = (value: number) => roundHalfEven(value * STEPS_PER_PX) / STEPS_PER_PX;
  return [snap(left), snap(top), snap(right), snap(bottom)];
}

/** Greedy non-maximum suppression over boxes that come best first. */
function suppress(found: Detection[]): Detection[] {
  const kept: Detection[] = [];
  for (const one of found) {
    if (kept.every((other) => overlap(one.box, other.box) <= MAX_OVERLAP)) kept.push(one);
  }
  return kept;
}

function fit(box: Box, x: number, y: number, { width, height }: Raster): Box {
  const [across, down] = [Math.fround(x), Math.fround(y)];
  const clip = (value: number, most: number) => Math.min(Math.max(Math.fround(value), 0), most);
  return [
    clip(box[0] * across, width),
    clip(box[1] * down, height),
    clip(box[2] * across, width),
    clip(box[3] * down, height),
  ];
}
