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

export interface Facts {
  version: string;
  input: InputSpec;
  crop: CropGeometry;
  calibration: Calibration;
  tta: "off" | "flip" | "crops";
  faces: Prominence;
  doubt: Doubt;
  detector_max_side_px: number;
  max_pixels: number;
  model: ModelFile;
  detector: ModelFile;
}
