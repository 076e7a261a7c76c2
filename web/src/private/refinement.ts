/** Where a face lies that was seen coarsely; mirrors genderlens.detection.networks.refinement. */
import type { RefinementLook } from "./facts";
import { onGrid, snap, type Found } from "./planes";
import type { Box, Point, Raster } from "./raster";
import { reduce } from "./reduce";
import { resizeRegion } from "./region";
import type { Region } from "./turned";

/** Bytes 1×side×side×3 to score, box, points and error, in sides of the square. */
export type RunRefinement = (input: Uint8Array, side: number) => Promise<Float32Array>;

const STEPS_PER_PX = 8;
const POINT_STEPS_PER_PX = 32;
const POINTS = 5;
/** What a square's answer has: score, centre, width and height, points, error. */
const BOX = 1;
const FIRST_POINT = 5;
const ERROR = 15;

/** The one face of a square, in pixels of what the network is shown; nothing where unsure. */
export async function refineSquare(
  picture: Raster,
  run: RunRefinement,
  look: RefinementLook,
  square: Region,
): Promise<Found | undefined> {
  const side = look.side_px;
  const { small, region } = reduced(picture, square, look);
  const seen = resizeRegion(small, side, side, region, "bilinear");
  const row = await run(seen.data, side);
  const isSure =
    at(row, 0) >= Math.fround(look.min_score) && at(row, ERROR) <= Math.fround(look.most_error);
  return isSure ? read(row, side) : undefined;
}

/** The picture made smaller by a whole number, where the square is much larger than is looked at. */
function reduced(picture: Raster, square: Region, { side_px, reducing_gap }: RefinementLook) {
  const [left, top, right, bottom] = square.box;
  const times = Math.max(1, Math.trunc((right - left) / side_px / reducing_gap));
  if (times === 1) return { small: picture, region: square };
  const box: Box = [left / times, top / times, right / times, bottom / times];
  return { small: reduce(picture, times, times), region: { box, roll: square.roll } };
}

function read(row: Float32Array, side: number): Found {
  const middle = side / 2;
  const [x, y] = [at(row, BOX) * side + middle, at(row, BOX + 1) * side + middle];
  const [width, height] = [at(row, BOX + 2) * side, at(row, BOX + 3) * side];
  const corners = [x - width / 2, y - height / 2, x + width / 2, y + height / 2] as const;
  const points = Array.from({ length: POINTS }, (_, i): Point => {
    const place = (offset: number) => at(row, FIRST_POINT + 2 * i + offset) * side + middle;
    return [snap(place(0), POINT_STEPS_PER_PX), snap(place(1), POINT_STEPS_PER_PX)];
  });
  return { box: onGrid(corners, STEPS_PER_PX), score: at(row, 0), points };
}

function at(row: Float32Array, index: number): number {
  return row[index] ?? NaN;
}
