/** Whether a picture that is cut out around a face leans; mirrors genderlens.detection.crops. */
import { lookCloser, type Detection, type RunDetector } from "./centerface";
import type { CropLook, Looks } from "./facts";
import { leaningRoll } from "./pose";
import { wholeOf, type Box, type Point, type Raster } from "./raster";
import { squareOf } from "./turned";
import { lookUpright } from "./upright";

/** The whole picture as a face that leans; null where it does not, or nothing tells. */
export async function lookAtCrop(
  picture: Raster,
  run: RunDetector,
  looks: Looks,
): Promise<Detection | null> {
  const { crop } = looks;
  const found = crop && (await find(picture, run, looks, crop));
  if (!found) return null;
  const [settled] = await lookUpright(picture, run, looks, [found], true);
  if (!settled?.landmarks) return null;
  const roll = leaningRoll(settled.landmarks.roll, crop);
  if (roll === 0) return null;
  const landmarks = { ...settled.landmarks, roll };
  return { ...settled, landmarks, box: wholeOf(picture), isCrop: true };
}

/** The face in the middle, upright or from the side from which it scores most. */
async function find(
  picture: Raster,
  run: RunDetector,
  looks: Looks,
  look: CropLook,
): Promise<Detection | undefined> {
  const whole = wholeOf(picture);
  const box = squareOf(whole, look.square);
  const middle: Point = [whole[2] / 2, whole[3] / 2];
  let best: Detection | undefined;
  for (const quarters of [0, ...looks.turned.quarters]) {
    const square = { box, roll: 90 * quarters };
    const seen = await lookCloser(picture, run, looks, square, look.min_score);
    best = surest(best, seen, middle);
    if (quarters === 0 && best && best.score >= look.sure_score) break;
  }
  return best;
}

/** The one that scores most of those around a point and `best`. */
function surest(best: Detection | undefined, seen: Detection[], middle: Point) {
  return seen
    .filter(({ box }) => holds(box, middle))
    .reduce<Detection | undefined>((most, one) => {
      return one.score > (most?.score ?? 0) ? one : most;
    }, best);
}

function holds([left, top, right, bottom]: Box, [x, y]: Point): boolean {
  return left <= x && x <= right && top <= y && y <= bottom;
}
