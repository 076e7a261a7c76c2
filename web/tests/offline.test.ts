import { expect, test } from "vitest";

import { placeOf } from "../offline/place";

const SCOPE = "https://example.org/app/";

test.each([
  ["assets/index-1a2b.js", "asset"],
  ["private/model.onnx?v=1a2b", "network"],
  ["private/detector.onnx?v=3c4d", "network"],
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
