/** Regions that lean, and their pixels; mirrors genderlens.pictures.regions. */
import { type Filter } from "./kernel";
import { blank, crop, type Box, type Point, type Raster } from "./raster";
import { reduce } from "./reduce";
import { resize } from "./resample";

/** A rectangle turned about its own centre by `roll` degrees clockwise; `box` is it before that. */
export interface Region {
  box: Box;
  roll: number;
}

/** From pixels of a cut to those of the picture. */
type Affine = readonly [number, number, number, number, number, number];

const MOST_SHRUNK = 4;

/** A vector (across, down) turned clockwise. */
export function turn(x: number, y: number, degrees: number): Point {
  if (degrees === 0) return [x, y];
  const cosine = Math.cos((degrees * Math.PI) / 180);
  const sine = Math.sin((degrees * Math.PI) / 180);
  return [cosine * x - sine * y, sine * x + cosine * y];
}

/** What a box is before it is turned so that it spans what it spans upright: as large, as far. */
export function leaningBox(box: Box, roll: number): Box {
  if (roll === 0) return box;
  const [left, top, right, bottom] = box;
  const [width, height] = [right - left, bottom - top];
  const cosine = Math.abs(Math.cos((roll * Math.PI) / 180));
  const sine = Math.abs(Math.sin((roll * Math.PI) / 180));
  const across = width * cosine + height * sine;
  const down = width * sine + height * cosine;
  const half = Math.sqrt((width * height) / (across * down)) / 2;
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  return [x - across * half, y - down * half, x + across * half, y + down * half];
}

/** A square of so many of the face's longer sides about its centre. */
export function squareOf([left, top, right, bottom]: Box, sides: number): Box {
  const half = (sides * Math.max(right - left, bottom - top)) / 2;
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  return [x - half, y - half, x + half, y + half];
}

/** The picture turned so that what leans by so many quarters clockwise is upright. */
export function turnQuarters(source: Raster, quarters: number): Raster {
  if (quarters === 0) return source;
  const { width, height, stride, data } = source;
  const target = quarters === 2 ? blank(width, height) : blank(height, width);
  for (let y = 0; y < target.height; y++) {
    for (let x = 0; x < target.width; x++) {
      const [fromX, fromY] =
        quarters === 1
          ? [width - 1 - y, x]
          : quarters === 2
            ? [width - 1 - x, height - 1 - y]
            : [y, height - 1 - x];
      const read = stride * (fromY * width + fromX);
      const write = 3 * (y * target.width + x);
      for (let c = 0; c < 3; c++) target.data[write + c] = data[read + c] ?? 0;
    }
  }
  return target;
}

/** The pixels of a region, read once on a grid as fine as the picture, then thinned out. */
export function cutTurned(
  source: Raster,
  width: number,
  height: number,
  wanted: Region,
  filter: Filter,
): Raster {
  const shrunk = Math.max(widthOf(wanted) / width, heightOf(wanted) / height);
  const [picture, region] =
    shrunk > MOST_SHRUNK
      ? averaged(source, wanted, Math.trunc((shrunk * 2) / MOST_SHRUNK))
      : [source, wanted];
  const across = Math.max(1, Math.ceil(widthOf(region) / width)) * width;
  const down = Math.max(1, Math.ceil(heightOf(region) / height)) * height;
  const fine = transform(picture, across, down, affineOf(region, across, down));
  if (across === width && down === height) return fine;
  return resize(fine, width, height, [0, 0, across, down], filter);
}

const widthOf = ({ box }: Region) => box[2] - box[0];
const heightOf = ({ box }: Region) => box[3] - box[1];

function averaged(source: Raster, { box, roll }: Region, cell: number): [Raster, Region] {
  const reach = Math.hypot(box[2] - box[0], box[3] - box[1]) / 2 + 2 * cell;
  const [x, y] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  const left = Math.max(0, Math.floor(x - reach));
  const top = Math.max(0, Math.floor(y - reach));
  const right = Math.min(source.width, Math.ceil(x + reach));
  const bottom = Math.min(source.height, Math.ceil(y + reach));
  if (left >= right || top >= bottom) return [blank(1, 1), { box: [-2, -2, -1, -1], roll }];
  const small = reduce(crop(source, [left, top, right, bottom]), cell, cell);
  const there: Box = [
    (box[0] - left) / cell,
    (box[1] - top) / cell,
    (box[2] - left) / cell,
    (box[3] - top) / cell,
  ];
  return [small, { box: there, roll }];
}

function affineOf(region: Region, across: number, down: number): Affine {
  const { box, roll } = region;
  const [a, d] = turn(widthOf(region) / across, 0, roll);
  const [b, e] = turn(0, heightOf(region) / down, roll);
  const [x, y] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  return [a, b, x - (a * across + b * down) / 2, d, e, y - (d * across + e * down) / 2];
}

/** Bilinear, as Pillow does it: black beyond the picture, fractions of a level cut off. */
function transform(source: Raster, across: number, down: number, affine: Affine): Raster {
  const [a, b, c, d, e, f] = affine;
  const target = blank(across, down);
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      const fromX = a * (x + 0.5) + b * (y + 0.5) + c;
      const fromY = d * (x + 0.5) + e * (y + 0.5) + f;
      const inside = fromX >= 0 && fromX < source.width && fromY >= 0 && fromY < source.height;
      if (inside) blend(source, fromX - 0.5, fromY - 0.5, target.data, 3 * (y * across + x));
    }
  }
  return target;
}

function blend(source: Raster, x: number, y: number, to: Raster["data"], write: number): void {
  const { width, height, stride, data } = source;
  const left = Math.floor(x);
  const top = Math.floor(y);
  const dx = x - left;
  const dy = y - top;
  const near = stride * Math.max(left, 0);
  const far = stride * Math.min(left + 1, width - 1);
  const above = stride * width * Math.max(top, 0);
  const below = stride * width * Math.min(top + 1, height - 1);
  for (let c = 0; c < 3; c++) {
    const upper = mix(data[above + near + c] ?? 0, data[above + far + c] ?? 0, dx);
    const lower = mix(data[below + near + c] ?? 0, data[below + far + c] ?? 0, dx);
    to[write + c] = mix(upper, lower, dy);
  }
}

function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}
