/** Windows lie on the grid, and what is cut by one is not seen in it. */
import { expect, test } from "vitest";

import type { Found } from "../../src/private/planes";
import type { Box } from "../../src/private/raster";
import { areaOfAll, joinWindows, placeFound, shows, windowAround } from "../../src/private/windows";

const WHOLE: Box = [0, 0, 480, 384];

test.each<[Box, Box]>([
  [
    [200, 100, 260, 180],
    [128, 32, 320, 224],
  ],
  [
    [160, 160, 170, 172],
    [96, 96, 224, 224],
  ],
  [
    [-9, -9, 40, 40],
    [0, 0, 96, 96],
  ],
])("a window shows %j and what is around it", (place, expected) => {
  expect(windowAround(place, 2, 96, WHOLE)).toEqual(expected);
});

test("those that meet are one, and so are those that meet then", () => {
  const corner: Box = [0, 0, 96, 96];
  const far: Box = [192, 0, 288, 96];
  expect(joinWindows([corner, far])).toEqual([corner, far]);
  expect(joinWindows([corner, [96, 0, 192, 96]])).toHaveLength(2); // beside each other
  expect(joinWindows([corner, far, [64, 32, 224, 128]])).toEqual([[0, 0, 288, 128]]);
  expect(areaOfAll([corner, far])).toBe(2 * 96 * 96);
  expect(shows(corner, [0, 10, 96, 96])).toBe(true);
  expect(shows(corner, [-1, 10, 96, 96])).toBe(false);
  expect(shows(corner, [0, 10, 96, 97])).toBe(false);
});

test("what was found is placed in the picture, but for what the window cuts", () => {
  const found = (box: Box): Found => ({ box, score: 0.9, points: [[box[0], box[1]]] });
  const inner: Box = [96, 64, 192, 160];
  expect(placeFound([found([10, 20, 40, 60])], inner, WHOLE)).toEqual([
    { box: [106, 84, 136, 124], score: 0.9, points: [[106, 84]] },
  ]);
  const cut: Box[] = [
    [-1, 9, 30, 40],
    [9, -1, 30, 40],
    [60, 9, 97, 40],
    [9, 60, 30, 97],
  ];
  expect(placeFound(cut.map(found), inner, WHOLE)).toEqual([]);
  expect(placeFound([found([-5, -5, 500, 400])], WHOLE, WHOLE)).toHaveLength(1);
});
