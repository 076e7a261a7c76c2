import { expect, test } from "vitest";

import { networksOf, placeOf } from "../offline/place";

const SCOPE = "https://example.org/app/";

test.each([
  ["assets/index-1a2b.js", "asset"],
  ["private/model.onnx?v=1a2b", "network"],
  ["private/detector.onnx?v=3c4d", "network"],
  ["private/fallback.onnx?v=5e6f", "network"],
  ["private/model.json", "facts"],
  ["", "page"],
  ["?from=mail", "page"],
  ["config.json", "page"],
  ["private/model.onnx", null],
  ["sw.js", null],
] as const)("%s is kept as %s", (path, place) => {
  expect(placeOf("GET", SCOPE + path, SCOPE)).toBe(place);
});

test.each([
  ["GET", "https://example.org/predictions"],
  ["GET", "https://example.org/models"],
  ["POST", `${SCOPE}assets/x.js`],
  ["GET", "https://api.example.com/app/config.json"],
])("an answer of the API is never kept: %s %s", (method, address) => {
  expect(placeOf(method, address, SCOPE)).toBeNull();
});

test("the networks to keep are those of the facts, a fallback among them", () => {
  const named = { model: { file: "m" }, detector: { file: "d" } };
  expect(networksOf(named)).toEqual(["m", "d"]);
  expect(networksOf({ ...named, fallback: null })).toEqual(["m", "d"]);
  expect(networksOf({ ...named, fallback: { file: "f" } })).toEqual(["m", "d", "f"]);
  const small = { refinement: { file: "r" }, coarse: { file: "c" }, proposals: { file: "p" } };
  expect(networksOf({ ...named, ...small })).toEqual(["m", "d", "r", "c", "p"]);
});
