import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { ApiFailure } from "../../../src/api/failure";
import * as upload from "../../../src/api/upload";
import * as device from "../../../src/private/device";
import * as camera from "../../../src/pages/predict/useCamera";
import { watch, type Seen } from "../../../src/pages/predict/watch";
import { classified } from "../../answers";

const watchHere = vi.spyOn(device, "watchHere");
const close = vi.fn();
let grabbed: number;
let showNext: () => void;
let stop: AbortController;
let seen: Seen[];

/** A camera that shows its next frame when the test says so. */
function screen(): HTMLVideoElement {
  const requestVideoFrameCallback = (tell: () => void) => {
    showNext = tell;
    return 1;
  };
  const video = { videoWidth: 640, videoHeight: 480, requestVideoFrameCallback };
  return video as unknown as HTMLVideoElement;
}

function start(place: "device" | "service") {
  const options = { faces: "single", place } as const;
  return watch(screen(), options, stop.signal, (one) => seen.push(one));
}

beforeEach(() => {
  grabbed = 0;
  seen = [];
  stop = new AbortController();
  vi.stubGlobal(
    "VideoFrame",
    class {
      number = ++grabbed;
      close = close;
    },
  );
});
afterEach(() => {
  stop.abort();
  vi.useRealTimers();
  watchHere.mockReset();
  close.mockReset();
});

test("the next frame is the one in view when the last is answered and the camera shows another", async () => {
  const answers: (() => void)[] = [];
  watchHere.mockImplementation(async (grab) => {
    await grab();
    return new Promise((resolve) => answers.push(() => resolve(classified)));
  });
  void start("device").catch(() => undefined);
  await vi.waitFor(() => expect(answers).toHaveLength(1));
  showNext();
  await Promise.resolve();
  expect(grabbed).toBe(1);
  answers[0]?.();
  await vi.waitFor(() => expect(answers).toHaveLength(2));
  answers[1]?.();
  await vi.waitFor(() => expect(seen).toHaveLength(2));
  expect(grabbed).toBe(2); // the camera shows the same as before
  showNext();
  await vi.waitFor(() => expect(answers).toHaveLength(3));
  expect(watchHere.mock.calls.map(([, faces, first]) => [faces, first])).toEqual([
    ["single", true],
    ["single", false],
    ["single", false],
  ]);
  expect(seen[0]).toEqual({ answer: classified, size: { width: 640, height: 480 } });
});

test("a frame without an answer is passed over", async () => {
  watchHere.mockRejectedValueOnce(new ApiFailure(0, "model_unavailable", "not loaded"));
  watchHere.mockResolvedValueOnce(null);
  watchHere.mockResolvedValueOnce(classified);
  void start("device").catch(() => undefined);
  for (let frames = 1; frames <= 3; frames++) {
    await vi.waitFor(() => expect(watchHere).toHaveBeenCalledTimes(frames));
    showNext();
  }
  await vi.waitFor(() => expect(seen).toHaveLength(1));
  expect(watchHere.mock.calls.map(([, , first]) => first).slice(0, 3)).toEqual([true, true, true]);
});

test("what is grabbed once it is stopped is let go, and no answer is shown", async () => {
  const sent: unknown[] = [];
  watchHere.mockImplementation(async (grab) => {
    stop.abort();
    sent.push(await grab());
    return classified;
  });
  await expect(start("device")).rejects.toThrow();
  expect(sent).toEqual([null]);
  expect(close).toHaveBeenCalledTimes(grabbed);
  expect(seen).toEqual([]);
  expect(watchHere).toHaveBeenCalledOnce();
});

test("a service gets a JPEG, once a second", async () => {
  vi.useFakeTimers();
  const photo = new File(["x"], "frame.jpg", { type: "image/jpeg" });
  vi.spyOn(camera, "takePhoto").mockResolvedValue(photo);
  const predict = vi.spyOn(upload, "predict");
  predict.mockResolvedValue({ answer: classified, tookMs: 12 });
  void start("service").catch(() => undefined);
  await vi.advanceTimersByTimeAsync(990);
  expect(predict).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(20);
  expect(predict).toHaveBeenCalledTimes(2);
  expect(predict.mock.calls[0]?.[0]).toBe(photo);
  expect(watchHere).not.toHaveBeenCalled();
});
