// @vitest-environment node
/** The real detector in onnxruntime-web doubts faces as the real code does. */
import { beforeAll, describe, expect, test } from "vitest";

import type { RunDetector } from "../../src/private/centerface";
import type { Outputs } from "../../src/private/planes";
import { findFaces } from "../../src/private/confirm";
import { blank } from "../../src/private/raster";
import { answers, doubted, unpack } from "./fixtures";
import { loadDetector } from "./graphs";

const { doubt, looks } = answers.facts;
const closer = looks.closer_px;

describe("beside the service", () => {
  let run: RunDetector;
  beforeAll(async () => {
    run = await loadDetector();
  });

  test.each(doubted.cases)("$doubt, from $faces.min_score on", async (wish) => {
    const rules = { ...answers.facts, faces: wish.faces, doubt: wish.doubt };
    const found = await findFaces(unpack(wish.picture), run, rules, false);
    expect(found).toHaveLength(wish.found.length);
    for (const [i, { box, score }] of found.entries()) {
      expect(score).toBeCloseTo(wish.found[i]?.score ?? NaN, 3);
      for (const [side, value] of box.entries())
        expect(value).toBeCloseTo(wish.found[i]?.box[side] ?? NaN, 3);
    }
  });
});

/** One face of a side of 32 pixels at a cell of the picture, where it scores more than nothing. */
function planesWith(score: number, cell: number, rows: number, columns: number): Outputs {
  const planes = (data: Float32Array) => ({ data, rows, columns });
  const area = rows * columns;
  const heat = new Float32Array(area);
  heat[cell] = score;
  return {
    heat: planes(heat),
    size: planes(new Float32Array(2 * area).fill(Math.log(8))),
    offset: planes(new Float32Array(2 * area)),
    landmarks: planes(new Float32Array(10 * area)),
  };
}

/** First sight scores `first`; the near and the far look, both as the plan says, what is told. */
function eye(first: number, again: [number, number]): RunDetector & { looks: number } {
  const run = (_: Uint8Array, height: number, width: number) => {
    const [rows, columns] = [height / 4, width / 4];
    if (width !== closer)
      return Promise.resolve(planesWith(first, 12 * columns + 12, rows, columns));
    const score = again[run.looks++ % 2] ?? 0;
    const outputs = planesWith(score, (columns / 2) * columns + columns / 2, rows, columns);
    outputs.size.data.fill(Math.log(0.65 * columns));
    return Promise.resolve(outputs);
  };
  run.looks = 0;
  return run;
}

const scores = async (run: RunDetector, wanted = doubt) =>
  (await findFaces(blank(96, 96), run, { ...answers.facts, doubt: wanted }, false)).map(
    ({ score }) => score,
  );

describe("a doubtful face", () => {
  test("counts where a look finds it again", async () => {
    expect(await scores(eye(0.5625, [0.5, 0]))).toEqual([0.5625]);
  });

  test("does not where none does", async () => {
    const run = eye(0.5625, [0.25, 0.25]);
    expect(await scores(run)).toEqual([]);
    expect(run.looks).toBe(2);
  });

  test("is not looked at again where it is sure, or where nothing is doubted", async () => {
    const run = eye(0.75, [0, 0]);
    expect(await scores(run)).toEqual([0.75]);
    expect(await scores(eye(0.5625, [0, 0]), { ...doubt, sure_score: 0 })).toEqual([0.5625]);
    expect(run.looks).toBe(0);
  });
});
