/** Where a classifier looks around a face; mirrors CropGeometry and the views of test-time augmentation. */
import type { CropGeometry, Facts } from "./facts";
import type { Box } from "./raster";

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

/** The square around a face, in pixels; it may reach beyond the picture. */
export function squareAround([left, top, right, bottom]: Box, crop: CropGeometry): Box {
  const side = crop.scale * Math.sqrt((right - left) * (bottom - top));
  const x = (left + right) / 2 + crop.shift_x * side;
  const y = (top + bottom) / 2 + crop.shift_y * side;
  const across = (side / 2) * Math.min(1, crop.aspect);
  const down = (side / 2) * Math.min(1, 1 / crop.aspect);
  return [x - across, y - down, x + across, y + down];
}

export function viewOf([left, top, right, bottom]: Box, scale: number): Box {
  if (scale === 1) return [left, top, right, bottom];
  const x = (left + right) / 2;
  const y = (top + bottom) / 2;
  const across = (scale * (right - left)) / 2;
  const down = (scale * (bottom - top)) / 2;
  return [x - across, y - down, x + across, y + down];
}
