/** Pixels to an answer in the API's shape; mirrors genderlens.inference.predictor. */
import type { Answer, Face } from "../api/client";
import type { Faces } from "../api/upload";
import { sharesOf } from "./calibration";
import type { Detection, RunDetector } from "./centerface";
import { findFaces, type FindFaces } from "./confirm";
import { lookAtCrop } from "./crops";
import type { Facts, HeadFacts, InputSpec } from "./facts";
import { judgeFaces } from "./gate";
import { around, VIEWS, viewOf, type View } from "./geometry";
import { mirror, wholeOf, type Raster } from "./raster";
import { resizeRegion } from "./region";
import type { Region } from "./turned";
import { lookUpright } from "./upright";

/** Logits for N×3×H×W, a row after the other: one of a binary head, else one for each label. */
export type RunClassifier = (
  input: Float32Array,
  shape: [number, number, number, number],
) => Promise<Float32Array>;

export interface Networks {
  detector: RunDetector;
  classifier: RunClassifier;
}

const REFUSALS = {
  no_person: "No person detected. Please use a picture that shows one person's face.",
  many_people: "Multiple people detected. Please use single-person images.",
};

export async function predictRaster(
  picture: Raster,
  policy: Faces,
  facts: Facts,
  run: Networks,
  find: FindFaces = findFaces,
): Promise<Answer> {
  const aligns = facts.crop.align === "roll";
  if (policy === "cropped") {
    const turned = facts.upright_crops === true && aligns;
    const crop = turned ? await lookAtCrop(picture, run.detector, facts.looks) : null;
    return answer(facts, 1, [await classify(picture, crop, facts, run)]);
  }
  const faces = await find(picture, run.detector, facts, aligns);
  const verdict = judgeFaces(faces, policy);
  if ("refusal" in verdict) return refuse(facts, faces.length, verdict.refusal);
  const seen = await lookUpright(picture, run.detector, facts.looks, verdict.faces, aligns);
  const results: Face[] = [];
  for (const face of seen) results.push(await classify(picture, face, facts, run));
  return answer(facts, faces.length, results);
}

async function classify(
  picture: Raster,
  face: Detection | null,
  facts: Facts,
  run: Networks,
): Promise<Face> {
  const { input, crop, tta, calibration, head } = facts;
  const region = face ? around(face, crop) : { box: wholeOf(picture), roll: 0 };
  const squares = VIEWS[tta].map((view) => cut(picture, region, view, input));
  const values = normalize(squares, input);
  const height = input.size_px;
  const logits = await run.classifier(values, [
    squares.length,
    3,
    height,
    input.width_px ?? height,
  ]);
  const shares = sharesOf(head, meanRow(logits, squares.length), calibration);
  const confidence = Math.max(...shares.map(([, share]) => share));
  const certain = confidence >= calibration.abstain_below;
  return {
    outcome: certain ? "classified" : "uncertain",
    prediction: certain ? likelier(head, Object.fromEntries(shares), confidence) : null,
    confidence,
    probabilities: Object.fromEntries(shares),
    box: face && !face.isCrop ? [...face.box] : null,
    detection_score: face && !face.isCrop ? face.score : null,
  };
}

function cut(picture: Raster, region: Region, { flip, scale }: View, input: InputSpec): Raster {
  const width = input.width_px ?? input.size_px;
  const square = resizeRegion(
    picture,
    width,
    input.size_px,
    viewOf(region, scale),
    input.interpolation,
  );
  return flip ? mirror(square) : square;
}

/** N×3×H×W: `(x / 255 - mean) / std` per channel, in single precision. */
export function normalize(squares: Raster[], { mean: means, std }: InputSpec): Float32Array {
  const area = squares[0] ? squares[0].width * squares[0].height : 0;
  const values = new Float32Array(squares.length * 3 * area);
  for (const [index, { data }] of squares.entries()) {
    for (let c = 0; c < 3; c++) {
      const spread = std[c] ?? 1;
      const scale = Math.fround(1 / (255 * spread));
      const offset = Math.fround((means[c] ?? 0) / spread);
      const base = (3 * index + c) * area;
      for (let i = 0; i < area; i++)
        values[base + i] = Math.fround((data[3 * i + c] ?? 0) * scale) - offset;
    }
  }
  return values;
}

/** Of equally likely labels the last one, as the service says. */
function likelier({ labels }: HeadFacts, shares: Record<string, number>, most: number) {
  return labels.findLast((label) => shares[label] === most) ?? null;
}

/** The mean over the views, logit by logit. */
function meanRow(values: Float32Array, views: number): number[] {
  const width = values.length / views;
  return Array.from({ length: width }, (_, column) => {
    let sum = 0;
    for (let view = 0; view < views; view++) sum += values[view * width + column] ?? NaN;
    return sum / views;
  });
}

function answer(facts: Facts, count: number, faces: Face[]): Answer {
  const first = faces[0];
  return {
    prediction: first?.prediction ?? null,
    confidence: first?.confidence ?? 0,
    person_count: count,
    probabilities: first?.probabilities ?? null,
    error: null,
    outcome: first?.outcome ?? "no_person",
    faces,
    model_version: facts.version,
  };
}

function refuse(facts: Facts, count: number, outcome: keyof typeof REFUSALS): Answer {
  return { ...answer(facts, count, []), outcome, error: REFUSALS[outcome] };
}
