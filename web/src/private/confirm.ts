/** Doubtful faces are looked at again; mirrors genderlens.detection.confirm. */
import { lookCloser, survey, type Detection, type RunDetector } from "./centerface";
import type { Doubt, Prominence } from "./facts";
import { prominent } from "./gate";
import { overlap, type Box, type Raster } from "./raster";

const SQUARES = [1.5, 3] as const;
const SEEN_AGAIN = 0.35;
const SEEN_CLEARLY = 0.45;
const LEAST_OVERLAP = 0.3;
const MOST_LOOKED_AT = 8;

/** What the further look at a face scores, in a square of so many of its sides. */
type Look = (face: Detection, side: number) => Promise<number>;

/** The faces that count, largest first. */
export async function findFaces(
  picture: Raster,
  run: RunDetector,
  maxSidePx: number,
  least: Prominence,
  doubt: Doubt,
): Promise<Detection[]> {
  const seen = await survey(picture, run, maxSidePx, least.min_score, doubt.weak_score);
  if (doubt.sure_score === 0) return prominent(seen.faces, picture, least);
  const look = lookOnce(picture, run);
  const found = await withoutRejected(seen.faces, picture, least, doubt, look);
  if (found.length > 0) return found;
  const weak = prominent(seen.weak, picture, { ...least, min_score: doubt.weak_score });
  return keep(weak.slice(0, MOST_LOOKED_AT), async (face) => {
    const scores = [await look(face, SQUARES[0]), await look(face, SQUARES[1])];
    return ((scores[0] ?? 0) + (scores[1] ?? 0)) / 2 >= SEEN_CLEARLY;
  });
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

function lookOnce(picture: Raster, run: RunDetector): Look {
  const known = new Map<string, number>();
  return async (face, side) => {
    const key = `${side}:${face.box.join()}`;
    const score = known.get(key) ?? (await scoreAgain(picture, run, face, side));
    known.set(key, score);
    return score;
  };
}

/** The best score of what a look finds in the face's place; 0 where there is nothing. */
async function scoreAgain(
  picture: Raster,
  run: RunDetector,
  { box }: Detection,
  side: number,
): Promise<number> {
  const found = await lookCloser(picture, run, squareOf(box, side), SEEN_AGAIN);
  const again = found.filter((one) => overlap(one.box, box) > LEAST_OVERLAP);
  return Math.max(0, ...again.map(({ score }) => score));
}

function squareOf([left, top, right, bottom]: Box, side: number): Box {
  const half = (side * Math.max(right - left, bottom - top)) / 2;
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  return [x - half, y - half, x + half, y + half];
}
