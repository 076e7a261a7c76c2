/** Where the finest look has to look; mirrors genderlens.detection.proposals. */
import type { RunNetwork } from "./centerface";
import { leastScore } from "./coarse";
import type { ProposalLook } from "./facts";
import { padded, scaleBetween, shrunk } from "./inputs";
import { CELL_PX, COARSE_CELL_PX, decode, suppress } from "./planes";
import { scaleBox, type Box, type Raster, type Size } from "./raster";
import { resizeRegion } from "./region";
import { squareOf } from "./turned";
import { placeBox, viewOfSquare } from "./views";
import { areaOfAll, joinWindows, shows, windowAround, windowOfSize } from "./windows";

/** The detector, and the small network that proposes. */
export interface ProposingNetworks {
  detector: RunNetwork;
  propose: RunNetwork;
}

/** Places of the picture. */
interface Proposed {
  sure: Box[];
  doubted: Box[];
}

/** What is worth looking at of a copy of the picture that is so large, in its pixels. */
export async function proposeWindows(
  picture: Raster,
  size: Size,
  { detector, propose }: ProposingNetworks,
  look: ProposalLook,
  leastSide = 0,
): Promise<Box[]> {
  const [leastProposed, leastSeen] = look.size_errors.map((error) => leastSide / error);
  const { sure, doubted } = await proposePlaces(picture, propose, look, leastProposed ?? 0);
  const whole = windowOfSize(size);
  const scale = scaleBetween(picture, size);
  const around = (places: readonly Box[]) =>
    joinWindows(
      places.map((place) =>
        windowAround(scaleBox(place, scale), look.window, look.least_px, whole),
      ),
    );
  const isMost = (windows: Box[]) => areaOfAll(windows) > look.whole_share * areaOfAll([whole]);
  const first = around(sure);
  const isShown = (place: Box) => first.some((window) => shows(window, scaleBox(place, scale)));
  const others = doubted.filter((place) => !isShown(place));
  if (others.length > look.most_places || isMost(first)) return [whole];
  const seen = await seenFromNear(picture, detector, look, others);
  const large = seen.filter((place) => sideOf(place) >= (leastSeen ?? 0));
  const windows = joinWindows([...first, ...around(large)]);
  return isMost(windows) ? [whole] : windows;
}

/** The places, of that side at least, that the small network is sure of, and the others. */
async function proposePlaces(
  picture: Raster,
  propose: RunNetwork,
  look: ProposalLook,
  leastSide: number,
): Promise<Proposed> {
  const small = shrunk(picture, look.input_px, look.reducing_gap);
  const input = padded(small);
  const back = scaleBetween(small, picture);
  const outputs = await propose(input.data, input.height, input.width);
  const found = suppress(decode(outputs, Math.min(...look.min_scores), COARSE_CELL_PX));
  const proposed: Proposed = { sure: [], doubted: [] };
  for (const { box, score } of found) {
    const place = scaleBox(box, back);
    if (sideOf(place) < leastSide) continue;
    if (score >= look.sure_score) proposed.sure.push(place);
    else if (score >= leastScore(look, sideOf(box))) proposed.doubted.push(place);
  }
  return proposed;
}

/** Of a square as large. */
function sideOf(place: Box): number {
  return Math.sqrt(areaOfAll([place]));
}

/** What the detector sees in and around each of the places. */
async function seenFromNear(
  picture: Raster,
  detector: RunNetwork,
  look: ProposalLook,
  places: readonly Box[],
): Promise<Box[]> {
  const side = look.side_px;
  const seen: Box[] = [];
  for (const place of places) {
    const square = { box: squareOf(place, look.square), roll: 0 };
    const { data } = resizeRegion(picture, side, side, square, "bilinear");
    const found = suppress(decode(await detector(data, side, side), look.seen_score, CELL_PX));
    const view = viewOfSquare(square, side);
    seen.push(...found.map(({ box }) => placeBox(view, box)));
  }
  return seen;
}
