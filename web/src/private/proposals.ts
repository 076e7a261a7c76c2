/** Where faces may be, as a small network tells it; mirrors genderlens.detection.proposals. */
import type { Detection } from "./centerface";
import type { ProposalLook } from "./facts";
import { areaOf } from "./gate";
import { MULTIPLE, padded } from "./inputs";
import type { Planes } from "./planes";
import type { Box, Raster } from "./raster";

/** Bytes 1×H×W×3 to planes: how likely a cell holds a face's centre, and the log of its side. */
export type RunProposals = (
  input: Uint8Array,
  height: number,
  width: number,
) => Promise<{ heat: Planes; logSize: Planes }>;

/** Pixels of the input per cell of the output. */
const STRIDE = 8;

/** Whether there may be a face in a picture that is looked at as large as it is. */
export async function seesAny(
  picture: Raster,
  run: RunProposals,
  look: ProposalLook,
): Promise<boolean> {
  return (await proposedSquares(picture, run, look)).length > 0;
}

/**
 * The part of the picture that holds whatever may be a face, with some of what is around; nothing
 * where there is nothing. The faces `seen`, in its pixels, are to be in it anyway.
 */
export async function findPart(
  picture: Raster,
  run: RunProposals,
  look: ProposalLook,
  seen: Detection[],
): Promise<Box | null> {
  const { width, height } = picture;
  const known = seen.map((face) => squareAt(centreOf(face.box), Math.sqrt(areaOf(face)), look));
  const squares = [...(await proposedSquares(picture, run, look)), ...known];
  if (squares.length === 0) return null;
  const least = (side: 0 | 1) => Math.min(...squares.map((square) => square[side]));
  const most = (side: 2 | 3) => Math.max(...squares.map((square) => square[side]));
  const [left, right] = sideOf(least(0), most(2), width, look.least_px);
  const [top, bottom] = sideOf(least(1), most(3), height, look.least_px);
  const isMost = (right - left) * (bottom - top) > look.most_area * width * height;
  return isMost ? [0, 0, width, height] : [left, top, right, bottom];
}

/** Around each cell that may hold a face, in pixels of the picture. */
async function proposedSquares(
  picture: Raster,
  run: RunProposals,
  look: ProposalLook,
): Promise<Box[]> {
  const input = padded(picture);
  const { heat, logSize } = await run(input.data, input.height, input.width);
  const least = Math.fround(look.min_score);
  const squares: Box[] = [];
  for (const [cell, score] of heat.data.entries()) {
    if (score < least) continue;
    const x = ((cell % heat.columns) + 0.5) * STRIDE;
    const y = (Math.floor(cell / heat.columns) + 0.5) * STRIDE;
    squares.push(squareAt([x, y], Math.exp(logSize.data[cell] ?? 0), look));
  }
  return squares;
}

function centreOf([left, top, right, bottom]: Box): [number, number] {
  return [(left + right) / 2, (top + bottom) / 2];
}

function squareAt([x, y]: [number, number], side: number, { square }: ProposalLook): Box {
  const half = (square / 2) * side;
  return [x - half, y - half, x + half, y + half];
}

/** What is looked at of one side of a picture: on the network's grid, not too short. */
function sideOf(start: number, end: number, length: number, least: number): [number, number] {
  const missing = Math.max(0, least - (end - start)) / 2;
  const first = Math.max(0, Math.floor((start - missing) / MULTIPLE) * MULTIPLE);
  const last = Math.min(length, Math.ceil((end + missing) / MULTIPLE) * MULTIPLE);
  return [Math.min(first, Math.floor((length - 1) / MULTIPLE) * MULTIPLE), last];
}
