/** How fine a look a picture needs; mirrors genderlens.detection.coarse. */
import type { Detection } from "./centerface";
import type { CoarseLook, Prominence, Suspecting } from "./facts";
import { areaOf } from "./gate";
import type { Raster } from "./raster";

/** Which faces may count, and which are sure to. */
export interface Sought {
  least: Prominence;
  sureScore: number;
}

/** The longer side, in pixels, of a look that sees every face that may count. */
export function neededSide(
  { least, sureScore }: Sought,
  seen: Detection[],
  look: CoarseLook,
  picture: Raster,
): number {
  const sure = seen.filter(({ score }) => score >= Math.max(sureScore, least.min_score));
  const beside = sure.map((face) => Math.sqrt(areaOf(face) * least.min_relative_area));
  const side = Math.max(leastSide(least, picture, look.narrowest), ...beside);
  return (look.enough_px / side) * Math.max(picture.width, picture.height);
}

/** Root of the area of the smallest box that counts, in pixels. */
export function leastSide(least: Prominence, { width, height }: Raster, narrowest: number): number {
  const tall = least.min_height * height * Math.sqrt(narrowest);
  return Math.max(least.min_side_px, Math.sqrt(least.min_area * width * height), tall);
}

/** The score from which on what was seen so large may be a face. */
export function leastScore({ sizes_px, min_scores }: Suspecting, seenPx: number): number {
  const [small, large] = sizes_px;
  const [low, high] = min_scores;
  return low + Math.min(1, Math.max(0, (seenPx - small) / (large - small))) * (high - low);
}
