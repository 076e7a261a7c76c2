// @vitest-environment node
/** However a browser hands out a camera's frames: their pixels, and nothing is left of them. */
import { afterEach, expect, test, vi } from "vitest";

import { grabFrame, readFrame } from "../../src/private/frames";

const PIXELS = Uint8Array.from({ length: 4 * 6 }, (_, i) => i);
const screen = {} as HTMLVideoElement;

afterEach(() => vi.unstubAllGlobals());

/** A frame of 3×2 pixels, as newer browsers have it. */
function newer(changed: object = {}) {
  const close = vi.fn();
  const frame = {
    displayWidth: 3,
    displayHeight: 2,
    visibleRect: { width: 3, height: 2 },
    allocationSize: () => PIXELS.length,
    copyTo: (to: Uint8Array) => {
      to.set(PIXELS);
      return Promise.resolve([]);
    },
    close,
    ...changed,
  };
  return { frame: frame as unknown as VideoFrame, close };
}

/** A canvas that shows other pixels than the frame itself hands out. */
function stubCanvas(): void {
  class Canvas {
    constructor(
      readonly width: number,
      readonly height: number,
    ) {}
    getContext = () => ({
      drawImage: () => undefined,
      getImageData: (_: 0, __: 0, width: number, height: number) => ({
        data: new Uint8ClampedArray(4 * width * height).fill(9),
      }),
    });
  }
  vi.stubGlobal("OffscreenCanvas", Canvas);
}

test("a frame is grabbed as it is, and copied where the browser has no frames", async () => {
  vi.stubGlobal("createImageBitmap", () => Promise.resolve("a copy"));
  expect(await grabFrame(screen)).toBe("a copy");
  const made = vi.fn();
  vi.stubGlobal("VideoFrame", made);
  expect(await grabFrame(screen)).toBeInstanceOf(made);
});

test("pixels come without a canvas", async () => {
  const { frame, close } = newer();
  expect(await readFrame(frame)).toEqual({ width: 3, height: 2, stride: 4, data: PIXELS });
  expect(close).toHaveBeenCalledOnce();
});

test.each([
  ["turned", { rotation: 90 }],
  ["mirrored", { flip: true }],
  ["shown at another size", { visibleRect: { width: 2, height: 2 } }],
  ["handed out in no other format than its own", { allocationSize: () => 9 }],
])("a frame that is %s is drawn as it is shown", async (_, changed) => {
  stubCanvas();
  const { frame, close } = newer(changed);
  const { width, height, data } = await readFrame(frame);
  expect([width, height]).toEqual([3, 2]);
  expect(data).toEqual(new Uint8Array(24).fill(9));
  expect(close).toHaveBeenCalledOnce();
});

test("a bitmap is drawn", async () => {
  stubCanvas();
  const close = vi.fn();
  const { data } = await readFrame({ width: 1, height: 2, close });
  expect(data).toEqual(new Uint8Array(8).fill(9));
  expect(close).toHaveBeenCalledOnce();
});

test("a frame that cannot be read is let go", async () => {
  const { frame, close } = newer({ copyTo: () => Promise.reject(new Error("lost")) });
  await expect(readFrame(frame)).rejects.toThrow("lost");
  expect(close).toHaveBeenCalledOnce();
});
