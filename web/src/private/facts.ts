/** What the page must know of the model that it runs: `private/model.json`. */
import type { Filter } from "./kernel";

export interface Calibration {
  temperature: number;
  abstain_below: number;
  exponent: number;
}

export interface CropGeometry {
  scale: number;
  shift_x: number;
  shift_y: number;
  aspect: number;
  /** Whether a face that leans is cut by a square that leans; absent in models of before. */
  align?: "none" | "roll";
}

/** What five points of a face say of its roll; see genderlens.detection.looks. */
export interface PoseModel {
  face: [across: number, down: number][];
  yaw_roll: number;
  most_yaw: number;
  misfits: [number, number];
  sizes_px: [number, number];
  ignored_roll: number;
  whole_roll: number;
}

/** What looks: the detector itself, or the small network beside it. */
export type NetworkName = "detector" | "coarse";

/** From which score on what was seen may be a face, by its size. */
export interface Suspecting {
  sizes_px: [number, number];
  min_scores: [number, number];
}

/** A first look that is coarse, and what decides on a finer one; see genderlens.detection.looks. */
export interface CoarseLook extends Suspecting {
  /** The detector, where a service of before says nothing. */
  network?: NetworkName;
  believed_score?: number;
  side_px: number;
  enough_px: number;
  narrowest: number;
  settle_px: number;
  whole_px: number;
}

/** Where the finest look has to look, instead of everywhere; see genderlens.detection.looks. */
export interface ProposalLook extends Suspecting {
  input_px: number;
  reducing_gap: number;
  sure_score: number;
  most_places: number;
  square: number;
  side_px: number;
  seen_score: number;
  window: number;
  least_px: number;
  whole_share: number;
  size_errors: readonly [number, number];
}

/** A small network that places faces which were seen coarsely; see genderlens.detection.looks. */
export interface RefinementLook {
  side_px: number;
  times: number;
  reducing_gap: number;
  square: number;
  min_score: number;
  most_error: number;
}

/** Looks at pictures that are cut out already; see genderlens.detection.looks. */
export interface CropLook {
  square: number;
  sure_score: number;
  min_score: number;
  ignored_roll: number;
  whole_roll: number;
}

/** How the detector looks at a picture: `looks.json` beside its graph. */
export interface Looks {
  small_px: number;
  closer_px: number;
  /** None where every picture is looked at as finely. */
  coarse?: CoarseLook | null;
  /** None where the finest look sees all of a picture. */
  proposals?: ProposalLook | null;
  turned: { network?: NetworkName; side_px: number; quarters: number[]; min_score: number };
  upright: {
    from_roll: number;
    from_misfit: number;
    square: number;
    min_score: number;
    times: number;
    most_faces: number;
  };
  /** None where every face that was seen coarsely is looked at closer. */
  refinement?: RefinementLook | null;
  /** None where pictures that are cut out already are taken as they are. */
  crop?: CropLook | null;
  pose: PoseModel;
}

export interface InputSpec {
  size_px: number;
  width_px: number | null;
  mean: [number, number, number];
  std: [number, number, number];
  interpolation: Filter;
}

export interface Prominence {
  min_score: number;
  min_side_px: number;
  min_area: number;
  min_height: number;
  min_relative_area: number;
}

/** Scores between which a face is doubtful, and from which on it is at least weak. */
export interface Doubt {
  sure_score: number;
  weak_score: number;
}

export interface ModelFile {
  file: string;
  bytes: number;
  sha256: string;
}

export type GraphName = "model.onnx" | "fallback.onnx";

/** Pictures that every graph was run on when it was made, see golden.ts. */
export interface Golden {
  shape: [count: number, height: number, width: number, channels: 3];
  /** Their bytes, packed by zlib, as base64. */
  pictures: string;
  expected: Partial<Record<GraphName, { logits: number[]; bound: number }>>;
}

/** The question that is answered here: the bundle's first head. */
export interface HeadFacts {
  name: string;
  labels: readonly string[];
  kind: "binary" | "categorical" | "ordinal";
}

export interface Facts {
  version: string;
  head: HeadFacts;
  input: InputSpec;
  crop: CropGeometry;
  calibration: Calibration;
  tta: "off" | "flip" | "crops";
  faces: Prominence;
  doubt: Doubt;
  detector_max_side_px: number;
  /** Whether pictures that are cut out already are turned upright; absent in services of before. */
  upright_crops?: boolean;
  looks: Looks;
  max_pixels: number;
  model: ModelFile;
  detector: ModelFile;
  /** The small network that places faces; none where its plan knows none. */
  refinement?: ModelFile | null;
  /** The small network that looks coarsely; none where its plan knows none. */
  coarse?: ModelFile | null;
  /** The small network that says where to look finely; none where its plan knows none. */
  proposals?: ModelFile | null;
  /** For a device on which the model is off; none where there is none. */
  fallback?: ModelFile | null;
  golden?: Golden | null;
}
