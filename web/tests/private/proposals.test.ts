import { describe, expect, test } from "vitest";

import type { ProposalLook } from "../../src/private/facts";
import { findPart, seesAny, type RunProposals } from "../../src/private/proposals";
import { blank, type Box } from "../../src/private/raster";
import cases from "../fixtures/proposals.json";

const LOOK: ProposalLook = { min_score: 0.25, square: 3, least_px: 128, most_area: 0.8 };
const STRIDE = 8;

/** Says what is given for each cell: row, column, score, side. */
function runCells(cells: number[][]): RunProposals {
  return (_input, height, width) => {
    const [rows, columns] = [height / STRIDE, width / STRIDE];
    const heat = new Float32Array(rows * columns);
    const logSize = new Float32Array(rows * columns);
    for (const [row = 0, column = 0, score = 0, side = 1] of cells) {
      heat[row * columns + column] = score;
      logSize[row * columns + column] = Math.log(side);
    }
    const planes = (data: Float32Array) => ({ data, rows, columns });
    return Promise.resolve({ heat: planes(heat), logSize: planes(logSize) });
  };
}

describe("the part of a picture that a finer look looks at", () => {
  test.each(cases)("$about", async ({ size: [width = 0, height = 0], cells, seen, part }) => {
    const picture = blank(width, height);
    const known = seen.map((box) => ({ box: box as unknown as Box, score: 0.5 }));
    expect(await findPart(picture, runCells(cells), LOOK, known)).toEqual(part);
    const any = cells.some(([, , score = 0]) => score >= LOOK.min_score);
    expect(await seesAny(picture, runCells(cells), LOOK)).toBe(any);
  });
});
