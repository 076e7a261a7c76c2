/** What scripts/fixtures.py wrote with the real code. */
import { readFileSync } from "node:fs";

import type { Calibration, CropGeometry, Doubt, Facts, Prominence } from "../../src/private/facts";
import type { Filter } from "../../src/private/kernel";
import type { Landmarks, Pose } from "../../src/private/pose";
import type { Box, Point, Raster } from "../../src/private/raster";
import type { Region } from "../../src/private/turned";

interface Packed {
  width: number;
  height: number;
  data: string;
}

export interface Preprocessing {
  pictures: Record<string, Packed>;
  regions: { picture: string; region: Box | null; filter: Filter; result: Packed }[];
  shrunk: { picture: string; gap: number; part: Box | null; result: Packed }[];
  turned: { picture: string; region: Region; result: Packed }[];
  poses: { points: Point[]; turned_by: number; pose: Pose; told: Omit<Landmarks, "points"> }[];
  crops: { face: Box; roll: number; crop: CropGeometry; square: Box }[];
  calibrated: { calibration: Calibration; logits: number[]; probabilities: number[] }[];
  detections: {
    rows: number;
    columns: number;
    heat: number[];
    size: number[];
    offset: number[];
    landmarks: number[];
    min_score: number;
    boxes: Box[];
    points: Point[][];
    scores: number[];
    kept: number[];
  };
}

export interface Doubted {
  cases: {
    picture: Packed;
    faces: Prominence;
    doubt: Doubt;
    found: { box: Box; score: number }[];
  }[];
}

/** Portraits pasted on a grey ground, and the faces found there, before and after a closer look. */
export interface Coarse {
  cases: {
    ground: [width: number, height: number];
    portraits: { picture: Packed; at: [left: number, top: number] }[];
    found: { box: Box; score: number }[];
    settled: Box[];
  }[];
}

export interface Leaning {
  facts: Facts;
  cases: {
    picture: Packed;
    box: Box;
    roll: number;
    trust: number;
    male: number;
    maleAsCrop: number;
  }[];
}

export interface Answers {
  facts: Facts;
  faces: (Box | null)[];
  probabilities: number[];
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8"));
}

export const preprocessing = read("preprocessing.json") as Preprocessing;
export const answers = read("answers.json") as Answers;
export const leaning = read("leaning.json") as Leaning;
export const doubted = read("doubted.json") as Doubted;
export const coarse = read("coarse.json") as Coarse;

export function unpack({ width, height, data }: Packed): Raster {
  return { width, height, stride: 3, data: new Uint8Array(Buffer.from(data, "base64")) };
}

const GREY = 112;

/** The picture of a case. */
export function compose({ ground: [width, height], portraits }: Coarse["cases"][number]): Raster {
  const data = new Uint8Array(3 * width * height).fill(GREY);
  for (const { picture: packed, at } of portraits) {
    const portrait = unpack(packed);
    for (let y = 0; y < portrait.height; y++) {
      const row = portrait.data.subarray(3 * y * portrait.width, 3 * (y + 1) * portrait.width);
      data.set(row, 3 * ((at[1] + y) * width + at[0]));
    }
  }
  return { width, height, stride: 3, data };
}

export function picture(name: string): Raster {
  const packed = preprocessing.pictures[name];
  if (!packed) throw new Error(`no picture ${name}`);
  return unpack(packed);
}
