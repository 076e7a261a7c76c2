// @vitest-environment node
import { expect, test } from "vitest";

import { readOrientation, uprightly } from "../../src/private/orientation";

const ascii = (text: string) => [...new TextEncoder().encode(text)];

/** A chunk of a RIFF file, padded to an even length. */
function chunk(name: string, body: number[]): number[] {
  return [...ascii(name), body.length, 0, 0, 0, ...body, ...(body.length % 2 ? [0] : [])];
}

function tiff(orientation: number): number[] {
  return [...ascii("MM"), 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
}

function webp(...chunks: number[][]): Blob {
  const body = [...ascii("WEBP"), ...chunks.flat()];
  return new Blob([new Uint8Array([...ascii("RIFF"), body.length, 0, 0, 0, ...body])]);
}

test.each([
  ["plain", tiff(6), 6],
  ["with a prefix", [...ascii("Exif"), 0, 0, ...tiff(8)], 8],
  ["upright", tiff(1), 1],
  ["nonsense", tiff(99), 1],
  ["cut short", tiff(6).slice(0, 12), 1],
])("orientation of a WebP file, %s", async (_, exif, expected) => {
  const file = webp(chunk("VP8 ", [1, 2, 3]), chunk("EXIF", exif));
  const { orientation, file: neutral } = await readOrientation(file);
  expect(orientation).toBe(expected);
  expect(neutral.size).toBe(file.size);
  expect((await neutral.text()).includes("EXIF")).toBe(expected === 1);
});

test("other files are left to the browser, untouched", async () => {
  const file = new Blob([new Uint8Array([0xff, 0xd8, 0xff, ...tiff(6)])]);
  expect(await readOrientation(file)).toEqual({ file, orientation: 1 });
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])("orientation %i fills the canvas exactly", (orientation) => {
  const { width, height, matrix } = uprightly(orientation, 40, 30);
  const [a, b, c, d, e, f] = matrix;
  const corners = [
    [0, 0],
    [40, 30],
  ].map(([x = 0, y = 0]) => [a * x + c * y + e, b * x + d * y + f]);
  const across = corners.map(([x = NaN]) => x);
  const down = corners.map(([, y = NaN]) => y);
  expect([Math.min(...across), Math.min(...down)]).toEqual([0, 0]);
  expect([Math.max(...across), Math.max(...down)]).toEqual([width, height]);
});
