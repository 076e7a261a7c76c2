/** Doubtful faces are looked at again; mirrors genderlens.detection.confirm. */
import {
  lookCloser,
  lookTurned,
  survey,
  type Detection,
  type RunDetector,
  type TurnedDetection,
} from "./centerface";
import type { Doubt, Facts, Looks, Prominence } from "./facts";
import { prominent } from "./gate";
import { overlap, type Raster } from "./raster";
import { squareOf } from "./turned";

const SQUARES = [1.5, 3] as const;
const SEEN_AGAIN = 0.35;
const SEEN_CLEARLY = 0.45;
const LEAST_OVERLAP = 0.3;
const MOST_LOOKED_AT = 8;

/** What the further look at a face scores, in a square of so many of its sides that may lean. */
type Look = (face: Detection, side: number, roll?: number) => Promise<number>;

/** What decides which faces count, as the service has it. */
export type Rules = Pick<Facts, "detector_max_side_px" | "faces" | "doubt" | "looks">;

/** The faces that count, largest first; where nobody does and `turned`, those who lie. */
export async function findFaces(
  picture: Raster,
  run: RunDetector,
  { detector_max_side_px: maxSidePx, faces: least, doubt, looks }: Rules,
  turned: boolean,
): Promise<Detection[]> {
  const seen = await survey(picture, run, maxSidePx, looks, least.min_score, doubt.weak_score);
  if (doubt.sure_score === 0) return prominent(seen.faces, picture, least);
  const look = lookOnce(picture, run, looks);
  const found = await withoutRejected(seen.faces, picture, least, doubt, look);
  if (found.length > 0) return found;
  const weak = prominent(seen.weak, picture, { ...least, min_score: doubt.weak_score });
  const clear = await keep(weak.slice(0, MOST_LOOKED_AT), (face) => seesClearly(look, face, 0));
  if (clear.length > 0 || !turned) return clear;
  return findTurned(await lookTurned(picture, run, looks), picture, least, look);
}

async function seesClearly(look: Look, face: Detection, roll: number): Promise<boolean> {
  const scores = [await look(face, SQUARES[0], roll), await look(face, SQUARES[1], roll)];
  return ((scores[0] ?? 0) + (scores[1] ?? 0)) / 2 >= SEEN_CLEARLY;
}

/** The prominent ones of the faces that lean by quarters and are seen clearly again. */
async function findTurned(
  seen: TurnedDetection[],
  picture: Raster,
  least: Prominence,
  look: Look,
): Promise<Detection[]> {
  const kept: TurnedDetection[] = [];
  for (const one of [...seen].sort((a, b) => b.score - a.score)) {
    if (kept.every((other) => overlap(one.box, other.box) <= LEAST_OVERLAP)) kept.push(one);
  }
  const quarters = new Map<Detection, number>(kept.map((face) => [face, face.quarters]));
  const candidates = prominent(kept, picture, least).slice(0, MOST_LOOKED_AT);
  return keep(candidates, (face) => seesClearly(look, face, 90 * (quarters.get(face) ?? 0)));
}

async function withoutRejected(
  faces: Detection[],
  picture: Raster,
  least: Prominence,
  doubt: Doubt,
  look: Look,
): Promise<Detection[]> {
  let left = faces;
  for (;;) {
    const found = prominent(left, picture, least);
    if (found.some(({ score }) => score >= doubt.sure_score)) return found;
    const lookedAt = found.slice(0, MOST_LOOKED_AT);
    const seen = await keep(lookedAt, async (face) => {
      for (const side of SQUARES) if ((await look(face, side)) >= SEEN_AGAIN) return true;
      return false;
    });
    if (seen.length === lookedAt.length) return seen;
    left = left.filter((face) => !lookedAt.includes(face) || seen.includes(face));
  }
}

async function keep(
  faces: Detection[],
  wanted: (face: Detection) => Promise<boolean>,
): Promise<Detection[]> {
  const kept: Detection[] = [];
  for (const face of faces) if (await wanted(face)) kept.push(face);
  return kept;
}

function lookOnce(picture: Raster, run: RunDetector, looks: Looks): Look {
  const known = new Map<string, number>();
  return async (face, side, roll = 0) => {
    const key = `${side}:${roll}:${face.box.join()}`;
    const score = known.get(key) ?? (await scoreAgain(picture, run, looks, face, side, roll));
    known.set(key, score);
    return score;
  };
}

/** The best score of what a look finds in the face's place; 0 where there is nothing. */
async function scoreAgain(
  picture: Raster,
  run: RunDetector,
  looks: Looks,
  { box }: Detection,
  side: number,
  roll: number,
): Promise<number> {
  const square = { box: squareOf(box, side), roll };
  const found = await lookCloser(picture, run, looks, square, SEEN_AGAIN);
  const again = found.filter((one) => overlap(one.box, box) > LEAST_OVERLAP);
  return Math.max(0, ...again.map(({ score }) => score));
}
