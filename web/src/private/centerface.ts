/** Looks at a picture with CenterFace; mirrors genderlens.detection.faces. */
import type { Looks, NetworkName } from "./facts";
import { cutWindow, padded, REDUCING_GAP, shrunk, shrunkSize } from "./inputs";
import { CELL_PX, COARSE_CELL_PX, decode, suppress, type Found, type Outputs } from "./planes";
import type { Landmarks } from "./pose";
import { refineSquare, type RunRefinement } from "./refinement";
import { proposeWindows } from "./proposals";
import type { Box, Raster } from "./raster";
import { resizeRegion } from "./region";
import { squareOf, turnQuarters, type Region } from "./turned";
import { inPicture, placeFace, viewOfSquare } from "./views";
import { placeFound, windowOfSize } from "./windows";

export interface Detection {
  box: Box;
  score: number;
  /** None where whatever found the face knows none. */
  landmarks?: Landmarks;
  /** Root of the box's area in the pixels looked at, where a closer look may tell more. */
  seenPx?: number;
  /** The refinement network has told box and landmarks, and nothing tells more. */
  isPlaced?: boolean;
  /** The box is no face's but a picture that was cut out around one already. */
  isCrop?: boolean;
}

/** A face that leans by so many quarters clockwise. */
export interface TurnedDetection extends Detection {
  quarters: number;
}

/** Bytes 1×H×W×3 to the planes. */
export type RunNetwork = (input: Uint8Array, height: number, width: number) => Promise<Outputs>;

/** The detector's own network, and the small ones beside it. */
export interface RunDetector {
  (...pixels: Parameters<RunNetwork>): ReturnType<RunNetwork>;
  /** The small network that looks coarsely; none where the plan knows none. */
  coarse?: RunNetwork | undefined;
  /** The small network that says where to look finely; none where the plan knows none. */
  propose?: RunNetwork | undefined;
  /** The small network that places faces; none where the plan knows none. */
  refine?: RunRefinement | undefined;
}

/** Faces in a square, which may lean and reach beyond the picture, in pixels of the picture. */
export async function lookCloser(
  picture: Raster,
  run: RunDetector,
  looks: Looks,
  square: Region,
  minScore: number,
): Promise<Detection[]> {
  const side = looks.closer_px;
  const input = resizeRegion(picture, side, side, square, "bilinear");
  const found = suppress(decode(await run(input.data, side, side), minScore));
  const view = viewOfSquare(square, side);
  return found.map((one) => placeFace(one, view, looks));
}

/** The face about a box without a closer look; nothing where that cannot be told. */
export async function refine(
  picture: Raster,
  run: RunDetector,
  looks: Looks,
  face: Box,
): Promise<Detection | undefined> {
  const { refinement: look } = looks;
  if (!run.refine || !look) return undefined;
  let placed: Detection | undefined;
  for (let i = 0; i < look.times; i++) {
    const square: Region = { box: squareOf(placed?.box ?? face, look.square), roll: 0 };
    const found = await refineSquare(picture, run.refine, look, square);
    if (!found) break;
    placed = { ...placeFace(found, viewOfSquare(square, look.side_px), looks), isPlaced: true };
  }
  return placed;
}

/** Faces that lean by quarters, in pixels of the picture. */
export async function lookTurned(
  picture: Raster,
  run: RunDetector,
  looks: Looks,
): Promise<TurnedDetection[]> {
  const network = networkOf(run, looks.turned.network);
  const small = shrunk(picture, looks.turned.side_px, network.reducingGap);
  const found: TurnedDetection[] = [];
  for (const quarters of looks.turned.quarters) {
    const seen = await lookAt(picture, small, network, looks, looks.turned.min_score, quarters);
    found.push(...seen.map((face) => ({ ...face, quarters })));
  }
  return found;
}

/** Faces of any size, best first. */
export async function look(
  picture: Raster,
  run: RunDetector,
  maxSidePx: number,
  looks: Looks,
  minScore: number,
  network?: NetworkName,
): Promise<Detection[]> {
  const looking = networkOf(run, network);
  const small = shrunk(picture, maxSidePx, looking.reducingGap);
  return lookAt(picture, small, looking, looks, minScore, 0);
}

/** The same of the finest look, only where there may be a face as large as `leastSide`. */
export async function lookWhereProposed(
  picture: Raster,
  run: RunDetector,
  maxSidePx: number,
  looks: Looks,
  minScore: number,
  leastSide = 0,
): Promise<Detection[]> {
  const { proposals } = looks;
  if (!proposals) return look(picture, run, maxSidePx, looks, minScore);
  const size = shrunkSize(picture, maxSidePx);
  const networks = { detector: run, propose: present("proposals", run.propose) };
  const found: Found[] = [];
  for (const window of await proposeWindows(picture, size, networks, proposals, leastSide)) {
    const part = cutWindow(picture, window, size);
    const faces = suppress(decode(await run(part.data, part.height, part.width), minScore));
    found.push(...placeFound(faces, window, windowOfSize(size)));
  }
  found.sort((a, b) => b.score - a.score);
  return inPicture(found, picture, size, looks, 0);
}

/** A network, and how many pixels of its input a cell of its output has. */
interface FaceNetwork {
  run: RunNetwork;
  cellPx: number;
  /** How a picture is made smaller for it. */
  reducingGap: number;
}

function networkOf(run: RunDetector, name: NetworkName = "detector"): FaceNetwork {
  if (name === "detector") return { run, cellPx: CELL_PX, reducingGap: REDUCING_GAP };
  return { run: present(name, run.coarse), cellPx: COARSE_CELL_PX, reducingGap: 1.2 };
}

function present(name: string, network: RunNetwork | undefined): RunNetwork {
  if (!network) throw new Error(`${name}.onnx is missing`);
  return network;
}

/** Faces that `small`, a copy of the picture, shows once it is turned. */
async function lookAt(
  picture: Raster,
  small: Raster,
  network: FaceNetwork,
  looks: Looks,
  minScore: number,
  quarters: number,
): Promise<Detection[]> {
  const seen = turnQuarters(small, quarters);
  const input = padded(seen);
  const outputs = await network.run(input.data, input.height, input.width);
  const found = suppress(decode(outputs, minScore, network.cellPx));
  return inPicture(found, picture, small, looks, quarters);
}
