/** Where a classifier looks around a face; mirrors CropGeometry and the views of test-time augmentation. */
import type { CropGeometry, Facts } from "./facts";
import type { Detection } from "./centerface";
import type { Box } from "./raster";
import { leaningBox, turn, type Region } from "./turned";

export interface View {
  flip: boolean;
  scale: number;
}

const PLAIN: View = { flip: false, scale: 1 };

export const VIEWS: Record<Facts["tta"], readonly View[]> = {
  off: [PLAIN],
  flip: [PLAIN, { flip: true, scale: 1 }],
  crops: [1, 0.9, 1.1].flatMap((scale) => [
    { flip: false, scale },
    { flip: true, scale },
  ]),
};

/** The square around a face, in pixels, upright or as the face leans. */
export function around({ box, landmarks, isCrop }: Detection, crop: CropGeometry): Region {
  const roll = crop.align === "roll" ? (landmarks?.roll ?? 0) : 0;
  if (isCrop) return { box: leaningBox(box, roll), roll };
  return { box: squareAround(box, crop, roll), roll };
}

/** The square before it is turned about its centre; it may reach beyond the picture. */
export function squareAround([left, top, right, bottom]: Box, crop: CropGeometry, roll = 0): Box {
  const side = crop.scale * Math.sqrt((right - left) * (bottom - top));
  const [shiftX, shiftY] = turn(crop.shift_x * side, crop.shift_y * side, roll);
  const x = (left + right) / 2 + shiftX;
  const y = (top + bottom) / 2 + shiftY;
  const across = (side / 2) * Math.min(1, crop.aspect);
  const down = (side / 2) * Math.min(1, 1 / crop.aspect);
  return [x - across, y - down, x + across, y + down];
}

/** As many times as wide and as high, about the same centre. */
export function viewOf({ box, roll }: Region, scale: number): Region {
  if (scale === 1) return { box, roll };
  const [left, top, right, bottom] = box;
  const x = (left + right) / 2;
  const y = (top + bottom) / 2;
  const across = (scale * (right - left)) / 2;
  const down = (scale * (bottom - top)) / 2;
  return { box: [x - across, y - down, x + across, y + down], roll };
}
