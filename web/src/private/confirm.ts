/** Doubtful faces are looked at again; mirrors genderlens.detection.confirm. */
import { lookTurned, type Detection, type RunDetector, type TurnedDetection } from "./centerface";
import { Eye, lookOnce } from "./eye";
import type { Doubt, Facts, Prominence } from "./facts";
import { areaOf, loosened, prominent } from "./gate";
import { overlap, type Raster } from "./raster";
import { survey, type Survey } from "./survey";

const LEAST_OVERLAP = 0.3;
/** How far off the area of a coarse box may be. */
const UNSURE = 1.6;
const MOST_LOOKED_AT = 8;

/** What decides which faces count, as the service has it. */
export type Rules = Pick<Facts, "detector_max_side_px" | "faces" | "doubt" | "looks">;

export type FindFaces = typeof findFaces;

/** The faces that count, largest first; where nobody does and `turned`, those who lie. */
export async function findFaces(
  picture: Raster,
  run: RunDetector,
  { detector_max_side_px: maxSidePx, faces: least, doubt, looks }: Rules,
  turned: boolean,
): Promise<Detection[]> {
  const sought = { least, sureScore: doubt.sure_score };
  const seen = await survey(picture, run, maxSidePx, looks, sought, doubt.weak_score);
  if (doubt.sure_score === 0) return prominent(seen.faces, picture, least);
  const eye = new Eye(picture, lookOnce(picture, run, looks));
  const found = await findUpright(seen, least, doubt, eye);
  if (found.length > 0 || !turned) return found;
  return findTurned(await lookTurned(picture, run, looks), least, eye);
}

async function findUpright(
  seen: Survey,
  least: Prominence,
  doubt: Doubt,
  eye: Eye,
): Promise<Detection[]> {
  const settled = await settleAll(seen, least, doubt, eye);
  const strong = settled.filter(({ score }) => score >= least.min_score);
  const faces = await measured([...seen.faces, ...strong], least, eye);
  const found = await withoutRejected(faces, least, doubt, eye);
  if (found.length > 0) return found;
  const anyWeak = { ...least, min_score: doubt.weak_score };
  const weak = prominent([...seen.weak, ...settled], eye.picture, anyWeak);
  return keep(weak.slice(0, MOST_LOOKED_AT), (face) => eye.seesClearly(face));
}

/** Those of the unsettled that are faces and would count beside the sure ones. */
async function settleAll(
  { faces, unsettled }: Survey,
  least: Prominence,
  doubt: Doubt,
  eye: Eye,
): Promise<Detection[]> {
  const about = { ...loosened(least, UNSURE), min_score: 0 };
  const sure = faces.filter(({ score }) => score >= doubt.sure_score);
  const kept = unsettled.filter((one) =>
    prominent([...sure, one], eye.picture, about).includes(one),
  );
  return settleEach(kept.slice(0, MOST_LOOKED_AT), eye, () => 0);
}

async function settleEach<T extends Detection>(
  faces: T[],
  eye: Eye,
  rollOf: (face: T) => number,
): Promise<Detection[]> {
  const settled: Detection[] = [];
  for (const face of faces) {
    const one = await eye.settle(face, rollOf(face));
    if (one) settled.push(one);
  }
  return settled;
}

/** Boxes from near where a coarse one leaves open if a face is large enough beside the largest. */
async function measured(faces: Detection[], least: Prominence, eye: Eye): Promise<Detection[]> {
  const largest = Math.max(...faces.map(areaOf));
  const bound = least.min_relative_area * largest;
  const isUnclear = (area: number) => area > bound / UNSURE && area < bound * UNSURE;
  if (!faces.some((face) => isUnclear(areaOf(face)))) return faces;
  const first = faces.find((face) => areaOf(face) === largest);
  const found: Detection[] = [];
  for (const face of faces)
    found.push(face === first || isUnclear(areaOf(face)) ? await eye.measure(face) : face);
  return found;
}

/** The prominent ones of the faces that lean by quarters and are seen clearly again. */
async function findTurned(
  seen: TurnedDetection[],
  least: Prominence,
  eye: Eye,
): Promise<Detection[]> {
  const kept: TurnedDetection[] = [];
  for (const one of [...seen].sort((a, b) => b.score - a.score)) {
    if (kept.every((other) => overlap(one.box, other.box) <= LEAST_OVERLAP)) kept.push(one);
  }
  const candidates = prominent(kept, eye.picture, { ...least, min_score: 0 });
  const first = candidates.slice(0, MOST_LOOKED_AT);
  const settled = await settleEach(first, eye, ({ quarters }) => 90 * quarters);
  return prominent(settled, eye.picture, least);
}

async function withoutRejected(
  faces: Detection[],
  least: Prominence,
  doubt: Doubt,
  eye: Eye,
): Promise<Detection[]> {
  let left = faces;
  for (;;) {
    const found = prominent(left, eye.picture, least);
    if (found.some(({ score }) => score >= doubt.sure_score)) return found;
    const lookedAt = found.slice(0, MOST_LOOKED_AT);
    const seen = await keep(lookedAt, (face) => eye.sees(face));
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
