/** Which faces may be classified; mirrors genderlens.detection.gate. */
import type { Faces } from "../api/upload";
import type { Detection } from "./centerface";
import type { Prominence } from "./facts";
import type { Raster } from "./raster";

const widthOf = ({ box }: Detection) => box[2] - box[0];
const heightOf = ({ box }: Detection) => box[3] - box[1];
export const areaOf = (face: Detection) => widthOf(face) * heightOf(face);

/** The detections that count, largest first. */
export function prominent<T extends Detection>(
  found: T[],
  picture: Raster,
  least: Prominence,
): T[] {
  const kept = found
    .filter(
      (face) =>
        face.score >= least.min_score &&
        Math.min(widthOf(face), heightOf(face)) >= least.min_side_px &&
        areaOf(face) >= least.min_area * picture.width * picture.height &&
        heightOf(face) >= least.min_height * picture.height,
    )
    .sort((a, b) => areaOf(b) - areaOf(a));
  const largest = kept[0] ? areaOf(kept[0]) : 0;
  return kept.filter((face) => areaOf(face) >= least.min_relative_area * largest);
}

/** Bounds for areas that are off by up to a factor; below 1 they are tighter. */
export function loosened(least: Prominence, factor: number): Prominence {
  const root = Math.sqrt(factor);
  return {
    min_score: least.min_score,
    min_side_px: least.min_side_px / root,
    min_area: least.min_area / factor,
    min_height: least.min_height / root,
    min_relative_area: least.min_relative_area / factor,
  };
}

export type Verdict = { faces: Detection[] } | { refusal: "no_person" | "many_people" };

export function judgeFaces(faces: Detection[], policy: Faces): Verdict {
  if (faces.length === 0) return { refusal: "no_person" };
  if (policy === "single" && faces.length > 1) return { refusal: "many_people" };
  return { faces: policy === "all" ? faces : faces.slice(0, 1) };
}
