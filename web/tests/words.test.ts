// @vitest-environment node
import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { adviseOn, isExplained } from "../src/words/advice";

const source = new URL("../../src/genderlens/errors/pictures.py", import.meta.url);
const errors = readFileSync(source, "utf8");
const codes = [
  ...errors.matchAll(/class \w+\(ImageError\):(?:(?!\nclass )[^])*?code[^=\n]*= "(\w+)"/g),
];

test("the tree of errors is found", () => expect(codes.length).toBeGreaterThan(4));

test.each(codes.map(([, code]) => code ?? ""))(
  "what a photo can be refused with is explained: %s",
  (code) => {
    expect(isExplained(code)).toBe(true);
  },
);

test("an unknown code is shown in the service's words, and may be tried again", () => {
  expect(adviseOn("novel", "it rains")).toEqual({
    title: "Not answered",
    next: "it rains",
    retry: true,
  });
});
