/** What is seen at first sight, as coarsely as the plan allows; mirrors genderlens.detection.survey. */
import { look, lookWhereProposed, refine, type Detection, type RunDetector } from "./centerface";
import { leastScore, leastSide, neededSide, type Sought } from "./coarse";
import type { CoarseLook, Looks, NetworkName } from "./facts";
import { areaOf } from "./gate";
import { nearestMultiple } from "./inputs";
import { clip, type Raster } from "./raster";

const HOPED_SCORE = 0.3;
const CLOSE_PX = 40;

/** Faces that count at first sight, weaker ones, and those seen too coarsely to tell; best first. */
export interface Survey {
  faces: Detection[];
  weak: Detection[];
  unsettled: Detection[];
}

/** Only faces that may count, as coarsely as the plan allows; all where there is no such plan. */
export async function survey(
  picture: Raster,
  run: RunDetector,
  maxSidePx: number,
  looks: Looks,
  sought: Sought,
  weakScore: number,
): Promise<Survey> {
  const { coarse } = looks;
  const minScore = sought.least.min_score;
  const tell = (first: Detection[], small: Detection[] | null) =>
    surveyFinely(picture, run, looks, minScore, first, small);
  const given = [picture, run, maxSidePx, looks, Math.min(weakScore, minScore)] as const;
  if (!coarse || Math.max(picture.width, picture.height) <= coarse.whole_px)
    return tell(await look(...given), null);
  const { narrowest } = coarse;
  const finely = async (small: Detection[] | null) =>
    tell(await lookWhereProposed(...given, leastSide(sought.least, picture, narrowest)), small);
  const glance = (network: NetworkName) => glanceAt(picture, run, looks, coarse, minScore, network);
  const isTooCoarse = (seen: Detection[]) =>
    nearestMultiple(neededSide(sought, seen, coarse, picture)) > coarse.side_px;
  if (coarse.network === "coarse") {
    const seen = await glance("coarse");
    if (isTooCoarse(hoped(seen))) return finely(seen.some(isClose) ? null : []);
    const placed = await placeAll(picture, run, looks, coarse, sought, seen);
    if (placed.length > 0 && !isTooCoarse(placed)) return surveyCoarsely(coarse, placed, minScore);
  }
  const own = await glance("detector");
  if (isTooCoarse(own)) return finely(coarse.side_px === looks.small_px ? own : null);
  return surveyCoarsely(coarse, own, minScore);
}

/** What a coarse look sees, with how large it was there. */
async function glanceAt(
  picture: Raster,
  run: RunDetector,
  looks: Looks,
  coarse: CoarseLook,
  minScore: number,
  network: NetworkName,
): Promise<Detection[]> {
  const least = Math.min(...coarse.min_scores, minScore);
  const scale = Math.min(1, coarse.side_px / Math.max(picture.width, picture.height));
  const seen = await look(picture, run, coarse.side_px, looks, least, network);
  return seen.map((one) => ({ ...one, seenPx: scale * Math.sqrt(areaOf(one)) }));
}

/** As if all were sure that may be faces: the detector tells at less cost from as far away. */
function hoped(seen: Detection[]): Detection[] {
  return seen.filter(({ score }) => score >= HOPED_SCORE).map((one) => ({ ...one, score: 1 }));
}

/** Whether a face may be too large for the finest look. */
function isClose({ seenPx = 0 }: Detection): boolean {
  return seenPx >= CLOSE_PX;
}

/**
 * The same, faces as the refinement network has them, others only where that sees one. Nothing
 * where either network doubts a face, or where one leans: that needs the detector's eye.
 */
async function placeAll(
  picture: Raster,
  run: RunDetector,
  looks: Looks,
  coarse: CoarseLook,
  { least: { min_score: minScore }, sureScore }: Sought,
  seen: Detection[],
): Promise<Detection[]> {
  if (!isBelieved(seen, minScore, Math.max(sureScore, coarse.believed_score ?? 0))) return [];
  const placed: Detection[] = [];
  for (const one of seen) {
    if (one.score <= Math.min(minScore, leastScore(coarse, one.seenPx ?? Infinity))) continue;
    const found = await refine(picture, run, looks, one.box);
    const told = one.score > minScore ? placeAs(one, found, picture, looks) : found && one;
    if (told) placed.push(told);
    else if (one.score > minScore) return [];
  }
  return placed;
}

/** Whether there is a face, and none that the small network is not sure of. */
function isBelieved(seen: Detection[], minScore: number, believed: number): boolean {
  const faces = seen.filter(({ score }) => score > minScore);
  return faces.length > 0 && faces.every(({ score }) => score >= believed);
}

/** A face as it was placed; nothing where that is not told, or it leans. */
function placeAs(
  { score }: Detection,
  found: Detection | undefined,
  picture: Raster,
  looks: Looks,
): Detection | undefined {
  if (!found || Math.abs(found.landmarks?.roll ?? 0) > looks.upright.from_roll) return undefined;
  return { ...found, box: clip(found.box, picture), score };
}

/** What a coarse look has seen, where it decides. */
function surveyCoarsely(coarse: CoarseLook, seen: Detection[], minScore: number): Survey {
  const others = seen.filter(({ score }) => score <= minScore);
  return {
    faces: seen.filter(({ score }) => score > minScore),
    weak: [],
    unsettled: others.filter(({ score, seenPx }) => score > leastScore(coarse, seenPx ?? Infinity)),
  };
}

/** If the finest look finds no face, a second looks at a smaller copy: `small`, where it is taken. */
async function surveyFinely(
  picture: Raster,
  run: RunDetector,
  looks: Looks,
  minScore: number,
  first: Detection[],
  small: Detection[] | null,
): Promise<Survey> {
  const isFace = ({ score }: Detection) => score > minScore;
  let faces = first.filter(isFace);
  if (faces.length === 0) {
    const again = small ?? (await look(picture, run, looks.small_px, looks, minScore));
    faces = again.filter(isFace);
  }
  return { faces, weak: first.filter((one) => !isFace(one)), unsettled: [] };
}
