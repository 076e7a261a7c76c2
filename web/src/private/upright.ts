/** Faces that lean are looked at again in a square that leans; mirrors genderlens.detection.upright. */
import { lookCloser, refine, type Detection, type RunDetector } from "./centerface";
import type { Looks } from "./facts";
import { readPose, wrapped } from "./pose";
import { clip, overlap, type Raster } from "./raster";
import { squareOf } from "./turned";

const LEAST_OVERLAP = 0.3;

/**
 * The same faces, the first of them as seen upright and from near. Where nothing is `turned`, only
 * upright ones are looked at.
 */
export async function lookUpright(
  picture: Raster,
  run: RunDetector,
  looks: Looks,
  faces: Detection[],
  turned: boolean,
): Promise<Detection[]> {
  const most = looks.upright.most_faces;
  const seen: Detection[] = [];
  for (const face of faces.slice(0, most)) {
    seen.push(await settle(picture, run, looks, face, turned));
  }
  return [...seen, ...faces.slice(most)];
}

/** As seen last; a leaning one is upright where the first closer look does not find it. */
async function settle(
  picture: Raster,
  run: RunDetector,
  looks: Looks,
  first: Detection,
  turned: boolean,
): Promise<Detection> {
  if (!first.landmarks || first.isPlaced) return first;
  const pose = readPose(first.landmarks.points, looks.pose);
  const leans = turned && (isLeaning(pose.roll, looks) || pose.misfit > looks.upright.from_misfit);
  const needed = leans || isCoarse(first, looks);
  const look = (face: Detection, roll: number) =>
    find(picture, run, looks, face, roll, needed || face !== first);
  const seen = await follow(first, leans ? pose.roll : 0, looks, turned, look);
  return seen ?? (leans ? upright(first) : first);
}

/** Looks again and again while the face still leans; nothing where it is not found at first. */
async function follow(
  first: Detection,
  leaning: number,
  looks: Looks,
  turned: boolean,
  look: (face: Detection, roll: number) => Promise<Detection | undefined>,
): Promise<Detection | undefined> {
  let seen: Detection | undefined;
  let [left, roll] = [leaning, 0];
  for (let i = 0; i < looks.upright.times; i++) {
    roll = wrapped(roll + left);
    const found = await look(seen ?? first, roll);
    if (!found?.landmarks) return seen;
    seen = found;
    left = wrapped(readPose(found.landmarks.points, looks.pose).roll - roll);
    if (!turned || !isLeaning(left, looks)) break;
  }
  return seen;
}

function isLeaning(degrees: number, { upright: look }: Looks): boolean {
  return Math.abs(degrees) > look.from_roll;
}

function isCoarse({ seenPx }: Detection, { coarse }: Looks): boolean {
  return !!coarse && seenPx !== undefined && seenPx < coarse.settle_px;
}

/**
 * The face in a square that leans by `roll`, with the score that it had. Where no closer look is
 * `needed`, an upright one is refined or left.
 */
async function find(
  picture: Raster,
  run: RunDetector,
  looks: Looks,
  { box, score }: Detection,
  roll: number,
  needed: boolean,
): Promise<Detection | undefined> {
  const refined = roll ? undefined : await refine(picture, run, looks, box);
  if (!refined && !needed) return undefined;
  const square = { box: squareOf(box, looks.upright.square), roll };
  const found = refined
    ? [refined]
    : await lookCloser(picture, run, looks, square, looks.upright.min_score);
  const best = found.find((one) => overlap(one.box, box) > LEAST_OVERLAP);
  return best && { ...best, box: clip(best.box, picture), score };
}

function upright(face: Detection): Detection {
  return face.landmarks ? { ...face, landmarks: { ...face.landmarks, trust: 0, roll: 0 } } : face;
}
