import { act, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";

import { LiveView } from "../../../src/pages/predict/LiveView";
import * as watching from "../../../src/pages/predict/watch";
import { classified } from "../../answers";
import { renderPage } from "../../render";

const watch = vi.spyOn(watching, "watch");
const size = { width: 640, height: 480 };

afterEach(() => {
  vi.useRealTimers();
  watch.mockReset();
});

function open() {
  watch.mockReturnValue(new Promise(() => undefined));
  const video = { current: document.createElement("video") };
  const { container, unmount } = renderPage(
    <LiveView video={video} faces="single" place="device" />,
  );
  const [, , signal, show] = watch.mock.calls[0] ?? [];
  const see = (confidence: number, left: number) => {
    const faces = classified.faces.map((face) => ({ ...face, box: [left, 0, 90, 90] }));
    act(() => show?.({ answer: { ...classified, confidence, faces }, size }));
    return container.querySelector("rect")?.getAttribute("x");
  };
  return { see, unmount, signal };
}

test("boxes follow every frame, words change so seldom that they can be read", () => {
  vi.useFakeTimers();
  const { see } = open();
  expect(screen.getByText("Looking…")).toBeDefined();
  expect(see(0.9, 10)).toBe("10");
  vi.advanceTimersByTime(60);
  expect(see(0.8, 11)).toBe("11");
  expect(screen.getByText("Looks male, 90.0 %")).toBeDefined();
  vi.advanceTimersByTime(200);
  expect(see(0.7, 12)).toBe("12");
  expect(screen.getByText("Looks male, 70.0 %")).toBeDefined();
});

test("it stops with the view", () => {
  const { unmount, signal } = open();
  expect(signal?.aborted).toBe(false);
  unmount();
  expect(signal?.aborted).toBe(true);
});
