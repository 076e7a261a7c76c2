/** Faces that lean are looked at again in a square that leans; mirrors genderlens.detection.upright. */
import { lookCloser, type Detection, type RunDetector } from "./centerface";
import type { Looks } from "./facts";
import { readPose, wrapped } from "./pose";
import { clip, overlap, type Raster } from "./raster";
import { squareOf } from "./turned";

const LEAST_OVERLAP = 0.3;

/** The same faces, the first of them with box and points as seen upright. */
export async function lookUpright(
  picture: Raster,
  run: RunDetector,
  looks: Looks,
  faces: Detection[],
): Promise<Detection[]> {
  const most = looks.upright.most_faces;
  const seen: Detection[] = [];
  for (const face of faces.slice(0, most)) seen.push(await settle(picture, run, looks, face));
  return [...seen, ...faces.slice(most)];
}

/** As seen last; upright where the first closer look does not find it. */
async function settle(
  picture: Raster,
  run: RunDetector,
  looks: Looks,
  first: Detection,
): Promise<Detection> {
  if (!first.landmarks) return first;
  const { from_roll: fromRoll, from_misfit: fromMisfit, times } = looks.upright;
  const pose = readPose(first.landmarks.points, looks.pose);
  let face = first;
  let left = pose.roll;
  let roll = 0;
  let wanted = Math.abs(left) > fromRoll || pose.misfit > fromMisfit;
  for (let i = 0; i < times && wanted; i++) {
    roll = wrapped(roll + left);
    const found = await find(picture, run, looks, face, roll);
    if (!found?.landmarks) return face === first ? upright(first) : face;
    face = found;
    left = wrapped(readPose(found.landmarks.points, looks.pose).roll - roll);
    wanted = Math.abs(left) > fromRoll;
  }
  return face;
}

/** The face in a square that leans by `roll`, with the score that it had. */
async function find(
  picture: Raster,
  run: RunDetector,
  looks: Looks,
  { box, score }: Detection,
  roll: number,
): Promise<Detection | undefined> {
  const square = { box: squareOf(box, looks.upright.square), roll };
  const found = await lookCloser(picture, run, looks, square, looks.upright.min_score);
  const best = found.find((one) => overlap(one.box, box) > LEAST_OVERLAP);
  return best && { ...best, box: clip(best.box, picture), score };
}

function upright(face: Detection): Detection {
  return face.landmarks ? { ...face, landmarks: { ...face.landmarks, trust: 0, roll: 0 } } : face;
}
