/** What is seen at first sight, as coarsely as the plan allows; mirrors genderlens.detection.faces. */
import { look, MULTIPLE, type Detection, type RunDetector } from "./centerface";
import { leastScore, neededSide, type Sought } from "./coarse";
import type { CoarseLook, Looks } from "./facts";
import { areaOf } from "./gate";
import { roundHalfEven } from "./pose";
import type { Raster } from "./raster";

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
  const coarsely =
    coarse && Math.max(picture.width, picture.height) > coarse.whole_px
      ? await surveyCoarsely(picture, run, looks, coarse, sought)
      : null;
  return coarsely ?? surveyWhole(picture, run, maxSidePx, looks, minScore, weakScore);
}

/** What a coarse look sees; null where faces that may count need a finer one. */
async function surveyCoarsely(
  picture: Raster,
  run: RunDetector,
  looks: Looks,
  coarse: CoarseLook,
  sought: Sought,
): Promise<Survey | null> {
  const minScore = sought.least.min_score;
  const least = Math.min(...coarse.min_scores, minScore);
  const seen = await lookCoarsely(picture, run, coarse.side_px, looks, least);
  const needed = neededSide(sought, seen, coarse, picture);
  if (roundHalfEven(needed / MULTIPLE) * MULTIPLE > coarse.side_px) return null;
  const others = seen.filter(({ score }) => score <= minScore);
  return {
    faces: seen.filter(({ score }) => score > minScore),
    weak: [],
    unsettled: others.filter(({ score, seenPx }) => score > leastScore(coarse, seenPx ?? Infinity)),
  };
}

async function lookCoarsely(
  picture: Raster,
  run: RunDetector,
  maxSidePx: number,
  looks: Looks,
  minScore: number,
): Promise<Detection[]> {
  const scale = Math.min(1, maxSidePx / Math.max(picture.width, picture.height));
  const found = await look(picture, run, maxSidePx, looks, minScore);
  return found.map((one) => ({ ...one, seenPx: scale * Math.sqrt(areaOf(one)) }));
}

/** If the first look finds no face, a second looks at a smaller copy. */
async function surveyWhole(
  picture: Raster,
  run: RunDetector,
  maxSidePx: number,
  looks: Looks,
  minScore: number,
  weakScore: number,
): Promise<Survey> {
  const first = await look(picture, run, maxSidePx, looks, Math.min(weakScore, minScore));
  const faces = first.filter(({ score }) => score > minScore);
  return {
    faces: faces.length > 0 ? faces : await look(picture, run, looks.small_px, looks, minScore),
    weak: first.filter(({ score }) => score <= minScore),
    unsettled: [],
  };
}
