/** Where the finest look has to look; mirrors genderlens.detection.proposals. */
import type { RunNetwork } from "./centerface";
import { leastScore } from "./coarse";
import type { ProposalLook } from "./facts";
import { CELL_PX, COARSE_CELL_PX, decode, suppress, type Found } from "./planes";
import type { Box, Raster } from "./raster";
import { resizeRegion } from "./region";
import { squareOf } from "./turned";
import { placeBox, viewOfSquare } from "./views";
import { areaOfAll, joinWindows, shows, windowAround } from "./windows";

/** The detector, and the small network that proposes. */
export interface ProposingNetworks {
  detector: RunNetwork;
  propose: RunNetwork;
}

/** Windows of a fine look's input that are worth looking at; `small` without what pads it. */
export async function proposeWindows(
  small: Raster,
  input: Raster,
  { detector, propose }: ProposingNetworks,
  look: ProposalLook,
): Promise<Box[]> {
  const whole: Box = [0, 0, input.width, input.height];
  const outputs = await propose(input.data, input.height, input.width);
  const least = Math.min(...look.min_scores);
  const found = suppress(decode(outputs, least, COARSE_CELL_PX));
  const sure = found.filter(({ score }) => score >= look.sure_score);
  const doubted = found.slice(sure.length).filter((one) => isProposed(one, look));
  const around = (places: readonly { box: Box }[]) =>
    joinWindows(places.map(({ box }) => windowAround(box, look.window, look.least_px, whole)));
  const isMost = (windows: Box[]) => areaOfAll(windows) > look.whole_share * areaOfAll([whole]);
  const first = around(sure);
  const others = doubted.filter(({ box }) => !first.some((window) => shows(window, box)));
  if (others.length > look.most_places || isMost(first)) return [whole];
  const seen = await seenFromNear(small, detector, look, others);
  const windows = joinWindows([...first, ...around(seen)]);
  return isMost(windows) ? [whole] : windows;
}

function isProposed({ box, score }: Found, look: ProposalLook): boolean {
  return score >= leastScore(look, Math.sqrt(areaOfAll([box])));
}

/** What the detector sees in and around each of the places. */
async function seenFromNear(
  small: Raster,
  detector: RunNetwork,
  look: ProposalLook,
  places: readonly Found[],
): Promise<{ box: Box }[]> {
  const side = look.side_px;
  const seen: { box: Box }[] = [];
  for (const place of places) {
    const square = { box: squareOf(place.box, look.square), roll: 0 };
    const { data } = resizeRegion(small, side, side, square, "bilinear");
    const found = suppress(decode(await detector(data, side, side), look.seen_score, CELL_PX));
    const view = viewOfSquare(square, side);
    seen.push(...found.map(({ box }) => ({ box: placeBox(view, box) })));
  }
  return seen;
}
