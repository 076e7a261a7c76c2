/** A frame of a camera: grabbed by the page as it is, read by the worker. */
import { ApiFailure } from "../api/failure";
import { t } from "../words/en";
import type { Raster } from "./raster";

export type Frame = VideoFrame | ImageBitmap;

/** Newer browsers tell how a frame is turned. */
type Lying = VideoFrame & { rotation?: number; flip?: boolean };

const STRIDE = 4;
const RGBX = { format: "RGBX" } as const;

/** What the camera shows now; a copy where the browser has no frames. */
export async function grabFrame(screen: HTMLVideoElement): Promise<Frame> {
  return "VideoFrame" in globalThis ? new VideoFrame(screen) : createImageBitmap(screen);
}

/** Its pixels; the frame is closed. */
export async function readFrame(frame: Frame): Promise<Raster> {
  try {
    return "allocationSize" in frame && isPlain(frame) ? await copy(frame) : draw(frame);
  } finally {
    frame.close();
  }
}

/** Whether its pixels are what is shown, and the browser hands them out as RGB. */
function isPlain(frame: Lying): boolean {
  const { visibleRect: seen, displayWidth: width, displayHeight: height, rotation, flip } = frame;
  if (rotation || flip || seen?.width !== width || seen.height !== height) return false;
  return frame.allocationSize(RGBX) === STRIDE * width * height;
}

async function copy(frame: VideoFrame): Promise<Raster> {
  const { displayWidth: width, displayHeight: height } = frame;
  const data = new Uint8Array(STRIDE * width * height);
  await frame.copyTo(data, RGBX);
  return { width, height, stride: STRIDE, data };
}

/** On a canvas of its own, so that nothing of the frame is left. */
function draw(frame: Frame): Raster {
  const [width, height] =
    "displayWidth" in frame
      ? [frame.displayWidth, frame.displayHeight]
      : [frame.width, frame.height];
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new ApiFailure(0, "model_unavailable", t.failures.noCanvas);
  context.drawImage(frame, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, stride: STRIDE, data: new Uint8Array(data.buffer) };
}
