/** Answers as the service gives them. */
import type { Answer, Face, Schemas } from "../src/api/client";

export const face: Face = {
  outcome: "classified",
  prediction: "male",
  confidence: 0.892,
  probabilities: { male: 0.892, female: 0.108 },
  box: [61, 40.5, 130.2, 134.9],
  detection_score: 0.91,
};

export const classified: Answer = {
  prediction: "male",
  confidence: 0.892,
  person_count: 1,
  probabilities: face.probabilities,
  error: null,
  outcome: "classified",
  faces: [face],
  model_version: "default-1",
  id: "019ab1c2",
};

export const crowd: Answer = {
  ...classified,
  prediction: null,
  confidence: 0,
  person_count: 3,
  probabilities: null,
  error: "Multiple people detected (3 people).",
  outcome: "many_people",
  faces: [],
};

export const remembered: Schemas["Remembered"] = {
  id: "019ab1c2",
  created_at: "2026-11-21T10:00:00Z",
  key_id: null,
  sha256: "ab".repeat(32),
  size_bytes: 1000,
  outcome: "classified",
  prediction: "male",
  confidence: 0.892,
  person_count: 1,
  error_code: null,
  faces: [face],
  model_version: "default-1",
  latency_ms: 12,
  feedback: null,
};

export const capabilities: Schemas["Capabilities"] = {
  keys_needed: false,
  history: true,
  feedback: true,
  samples: true,
  training: true,
  promotion: true,
  heat_maps: true,
  private_mode: true,
  heads: [{ name: "gender", labels: ["female", "male"], kind: "binary" }],
  formats: ["jpeg", "png"],
  max_body_bytes: 10_000_000,
  max_pixels: 50_000_000,
};
