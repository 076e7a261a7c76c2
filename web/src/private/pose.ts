/** Five points of a face to its roll; mirrors genderlens.detection.pose. */
import type { PoseModel } from "./facts";
import type { Point } from "./raster";

/** Left eye, right eye, nose, left and right end of the mouth, as seen. */
export interface Landmarks {
  points: readonly Point[];
  /** How far they tell where the face is upright, 0 to 1. */
  trust: number;
  /** Degrees clockwise by which the face leans; 0 where that is too little or too unsure. */
  roll: number;
}

/** What the points alone say. */
export interface Pose {
  roll: number;
  yaw: number;
  misfit: number;
}

const STEPS_PER_DEGREE = 4;
const LEAST_HEIGHT = 0.05;
const DEGREES = 180 / Math.PI;

/** The pose; of points that all lie in one place, upright with the largest misfit. */
export function readPose(points: readonly Point[], model: PoseModel): Pose {
  const seen = centred(points);
  const mean = centred(model.face);
  const [re, im] = seen.reduce<Point>(
    ([sumRe, sumIm], [x, y], i) => {
      const [mx, my] = mean[i] ?? [0, 0];
      return [sumRe + mx * x + my * y, sumIm + mx * y - my * x];
    },
    [0, 0],
  );
  const size = squares(mean);
  const spread = squares(seen);
  const [turnRe, turnIm] = [re / size, im / size];
  const squared = turnRe * turnRe + turnIm * turnIm;
  if (squared === 0 || spread === 0) return { roll: 0, yaw: 0, misfit: 1 };
  const misses = seen.map(([x, y], i): Point => {
    const [mx, my] = mean[i] ?? [0, 0];
    return [x - (turnRe * mx - turnIm * my), y - (turnRe * my + turnIm * mx)];
  });
  const upright = seen.map(([x, y]): Point => [
    (x * turnRe + y * turnIm) / squared,
    (y * turnRe - x * turnIm) / squared,
  ]);
  const yaw = yawOf(upright);
  const bounded = Math.min(Math.max(yaw, -model.most_yaw), model.most_yaw);
  const roll = Math.atan2(turnIm, turnRe) * DEGREES - model.yaw_roll * bounded;
  return { roll: wrapped(roll), yaw, misfit: Math.sqrt(squares(misses) / spread) };
}

/** The points with what they say, seen in a view that leans by `turnedBy` degrees clockwise. */
export function readLandmarks(
  points: readonly Point[],
  sizePx: number,
  model: PoseModel,
  turnedBy = 0,
): Landmarks {
  const pose = readPose(points, model);
  const trust = (1 - rising(pose.misfit, ...model.misfits)) * rising(sizePx, ...model.sizes_px);
  const whole = wrapped(turnedBy + pose.roll * trust);
  return { points, trust, roll: leaningRoll(whole, model) };
}

/** 0 up to the one roll, as seen from the other on, and on the grid of rolls. */
export function leaningRoll(
  seen: number,
  bounds: { ignored_roll: number; whole_roll: number },
): number {
  const roll = seen * rising(Math.abs(seen), bounds.ignored_roll, bounds.whole_roll);
  return roundHalfEven(roll * STEPS_PER_DEGREE) / STEPS_PER_DEGREE;
}

/** The same turn in -180..180. */
export function wrapped(degrees: number): number {
  return ((((degrees + 180) % 360) + 360) % 360) - 180;
}

/** As Python rounds. */
export function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

function centred(points: readonly Point[]): Point[] {
  const x = points.reduce((sum, point) => sum + point[0], 0) / points.length;
  const y = points.reduce((sum, point) => sum + point[1], 0) / points.length;
  return points.map((point): Point => [point[0] - x, point[1] - y]);
}

function squares(points: readonly Point[]): number {
  return points.reduce((sum, [x, y]) => sum + x * x + y * y, 0);
}

/** How far the nose lies to the right of the middle of an upright face. */
function yawOf(face: readonly Point[]): number {
  const at = (i: number): Point => face[i] ?? [0, 0];
  const [eyesX, eyesY] = [(at(0)[0] + at(1)[0]) / 2, (at(0)[1] + at(1)[1]) / 2];
  const [mouthX, mouthY] = [(at(3)[0] + at(4)[0]) / 2, (at(3)[1] + at(4)[1]) / 2];
  const height = mouthY - eyesY;
  return height > LEAST_HEIGHT ? (at(2)[0] - (eyesX + mouthX) / 2) / height : 0;
}

/** 0 up to `low`, 1 from `high` on. */
function rising(value: number, low: number, high: number): number {
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}
