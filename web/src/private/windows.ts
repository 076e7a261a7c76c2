/** Parts of a picture that are looked at on their own; mirrors genderlens.detection.windows. */
import { MULTIPLE } from "./inputs";
import type { Found } from "./planes";
import type { Box, Size } from "./raster";

/** All of an input that shows so many pixels, with what pads it. */
export function windowOfSize({ width, height }: Size): Box {
  const [right, bottom] = [width, height].map((side) => MULTIPLE * Math.ceil(side / MULTIPLE));
  return [0, 0, right ?? 0, bottom ?? 0];
}

/** The least one, of whole cells of the input, that shows a place and what is around it. */
export function windowAround(
  [left, top, right, bottom]: Box,
  times: number,
  leastPx: number,
  within: Box,
): Box {
  const half = Math.max(times * Math.max(right - left, bottom - top), leastPx) / 2;
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const below = (value: number) => MULTIPLE * Math.floor(value / MULTIPLE);
  const above = (value: number) => MULTIPLE * Math.ceil(value / MULTIPLE);
  return [
    Math.max(within[0], below(x - half)),
    Math.max(within[1], below(y - half)),
    Math.min(within[2], above(x + half)),
    Math.min(within[3], above(y + half)),
  ];
}

/** The same, those joined that meet, until none do. */
export function joinWindows(windows: readonly Box[]): Box[] {
  const apart: Box[] = [];
  for (const one of windows) {
    let joined = one;
    for (let met = meeting(apart, joined); met >= 0; met = meeting(apart, joined))
      joined = apart.splice(met, 1).reduce(join, joined);
    apart.push(joined);
  }
  return apart;
}

/** Whether all of a place lies in a window. */
export function shows(window: Box, place: Box): boolean {
  const [left, top, right, bottom] = place;
  const across = window[0] <= left && right <= window[2];
  return across && window[1] <= top && bottom <= window[3];
}

/** In pixels. */
export function areaOfAll(windows: readonly Box[]): number {
  return windows.reduce(
    (sum, [left, top, right, bottom]) => sum + (right - left) * (bottom - top),
    0,
  );
}

/**
 * What was found in a window, in pixels of the whole input. Without what reaches beyond an edge at
 * which the picture goes on: it is not seen whole.
 */
export function placeFound(found: readonly Found[], window: Box, whole: Box): Found[] {
  const [left, top] = window;
  const isWhole = ({ box }: Found) =>
    [0, 1, 2, 3].every((side) => {
      const beyond = (box[side] ?? 0) - (window[side] ?? 0);
      return window[side] === whole[side] || (side < 2 ? beyond >= 0 : beyond <= 0);
    });
  return found
    .map(({ box, score, points }): Found => {
      const placed: Box = [box[0] + left, box[1] + top, box[2] + left, box[3] + top];
      return { box: placed, score, points: points.map(([x, y]) => [x + left, y + top]) };
    })
    .filter(isWhole);
}

function meeting(windows: readonly Box[], one: Box): number {
  return windows.findIndex(
    (other) =>
      Math.min(one[2], other[2]) > Math.max(one[0], other[0]) &&
      Math.min(one[3], other[3]) > Math.max(one[1], other[1]),
  );
}

function join(a: Box, b: Box): Box {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}
