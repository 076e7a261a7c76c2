/** Where the pixels that the detector was shown lie in the picture; mirrors genderlens.detection.views. */
import type { Detection } from "./centerface";
import type { Looks } from "./facts";
import type { Found } from "./planes";
import { readLandmarks } from "./pose";
import { clip, type Box, type Point, type Raster, type Size } from "./raster";
import { leaningBox, turn, type Region } from "./turned";

export interface View {
  center: Point;
  /** Width and height in pixels of its own. */
  size: Point;
  /** Pixels of the picture in one of its own, across and down the picture. */
  scale: Point;
  /** Degrees clockwise. */
  roll: number;
}

/** A place in the view, in pixels of the picture. */
export function placePoint({ center, size, scale, roll }: View, x: number, y: number): Point {
  const [across, down] = turn(x - size[0] / 2, y - size[1] / 2, roll);
  return [center[0] + across * scale[0], center[1] + down * scale[1]];
}

/** The box of an upright face in the view; where the view leans it keeps centre and area. */
export function placeBox(view: View, [left, top, right, bottom]: Box): Box {
  if (view.roll === 0) return placeUpright(view, [left, top, right, bottom]);
  const [x, y] = placePoint(view, (left + right) / 2, (top + bottom) / 2);
  const spanned = leaningBox([left, top, right, bottom], view.roll);
  const across = ((spanned[2] - spanned[0]) / 2) * view.scale[0];
  const down = ((spanned[3] - spanned[1]) / 2) * view.scale[1];
  return [x - across, y - down, x + across, y + down];
}

/** In single precision, as the service computes it. */
function placeUpright(view: View, box: Box): Box {
  const corner = placePoint(view, 0, 0).map(Math.fround);
  const scale = view.scale.map(Math.fround);
  const place = (value: number, axis: 0 | 1) =>
    Math.fround(Math.fround(value * (scale[axis] ?? 1)) + (corner[axis] ?? 0));
  return [place(box[0], 0), place(box[1], 1), place(box[2], 0), place(box[3], 1)];
}

/** A square as it is shown, so many pixels wide. */
export function viewOfSquare(
  { box: [left, top, right, bottom], roll }: Region,
  side: number,
): View {
  const scale = (right - left) / side;
  return {
    center: [(left + right) / 2, (top + bottom) / 2],
    size: [side, side],
    scale: [scale, scale],
    roll,
  };
}

/** What was found in `small`, a copy of the picture, once it was turned by quarters. */
export function inPicture(
  found: readonly Found[],
  picture: Raster,
  small: Size,
  looks: Looks,
  quarters: number,
): Detection[] {
  const size: Point = [small.width, small.height];
  const view: View = {
    center: [picture.width / 2, picture.height / 2],
    size: quarters % 2 ? [size[1], size[0]] : size,
    scale: [picture.width / small.width, picture.height / small.height],
    roll: 90 * quarters,
  };
  return found.map((one) => {
    const face = placeFace(one, view, looks);
    return { ...face, box: clip(face.box, picture) };
  });
}

/** A face of a view, in pixels of the picture. */
export function placeFace({ box, score, points }: Found, view: View, looks: Looks): Detection {
  const root = Math.sqrt((box[2] - box[0]) * (box[3] - box[1]));
  const sizePx = root * Math.min(1, ...view.scale);
  const seen = readLandmarks(points, sizePx, looks.pose, view.roll);
  const placed = points.map(([x, y]) => placePoint(view, x, y));
  return { box: placeBox(view, box), score, landmarks: { ...seen, points: placed } };
}
