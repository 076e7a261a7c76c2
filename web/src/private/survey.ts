/** What is seen at first sight, as coarsely as the plan allows; mirrors genderlens.detection.faces. */
import { look, type Detection, type RunDetector } from "./centerface";
import { leastScore, neededSide, type Sought } from "./coarse";
import type { CoarseLook, Looks } from "./facts";
import { areaOf } from "./gate";
import { nearestMultiple } from "./inputs";
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
  const whole = (small: Detection[] | null) =>
    surveyWhole(picture, run, maxSidePx, looks, minScore, weakScore, small);
  if (!coarse || Math.max(picture.width, picture.height) <= coarse.whole_px) return whole(null);
  const least = Math.min(...coarse.min_scores, minScore);
  const seen = await look(picture, run, coarse.side_px, looks, least, coarse.network);
  const needed = neededSide(sought, seen, coarse, picture);
  if (nearestMultiple(needed) > coarse.side_px)
    return whole(coarse.side_px === looks.small_px ? seen : null);
  return surveyCoarsely(picture, coarse, seen, minScore);
}

/** What a coarse look has seen, where it decides. */
function surveyCoarsely(
  picture: Raster,
  coarse: CoarseLook,
  seen: Detection[],
  minScore: number,
): Survey {
  const scale = Math.min(1, coarse.side_px / Math.max(picture.width, picture.height));
  const sized = seen.map((one) => ({ ...one, seenPx: scale * Math.sqrt(areaOf(one)) }));
  const others = sized.filter(({ score }) => score <= minScore);
  return {
    faces: sized.filter(({ score }) => score > minScore),
    weak: [],
    unsettled: others.filter(({ score, seenPx }) => score > leastScore(coarse, seenPx)),
  };
}

/** If the first look finds no face, a second looks at a smaller copy: `small`, where it is taken. */
async function surveyWhole(
  picture: Raster,
  run: RunDetector,
  maxSidePx: number,
  looks: Looks,
  minScore: number,
  weakScore: number,
  small: Detection[] | null,
): Promise<Survey> {
  const first = await look(picture, run, maxSidePx, looks, Math.min(weakScore, minScore));
  const isFace = ({ score }: Detection) => score > minScore;
  let faces = first.filter(isFace);
  if (faces.length === 0) {
    const again = small ?? (await look(picture, run, looks.small_px, looks, minScore));
    faces = again.filter(isFace);
  }
  return { faces, weak: first.filter((one) => !isFace(one)), unsettled: [] };
}
