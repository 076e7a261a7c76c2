/** Files to upright pictures on a canvas, of a bounded size. */
import { readOrientation, uprightly } from "../private/orientation";
import type { Size } from "./types";

export interface Drawn {
  canvas: HTMLCanvasElement;
  /** Of the upright original. */
  size: Size;
  /** Of the canvas to the original, at most 1. */
  scale: number;
}

/** The picture, no side longer than `maxSidePx`; throws where the browser cannot decode it. */
export async function draw(file: Blob, maxSidePx: number): Promise<Drawn> {
  const { file: neutral, orientation } = await readOrientation(file);
  const bitmap = await createImageBitmap(neutral);
  try {
    const { width, height, matrix } = uprightly(orientation, bitmap.width, bitmap.height);
    const scale = Math.min(1, maxSidePx / Math.max(width, height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.max(1, Math.round(height * scale));
    const context = canvas.getContext("2d");
    if (!context) throw new Error("no canvas");
    context.imageSmoothingQuality = "high";
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.scale(canvas.width / width, canvas.height / height);
    context.transform(...matrix);
    context.drawImage(bitmap, 0, 0);
    return { canvas, size: { width, height }, scale };
  } finally {
    bitmap.close();
  }
}

export function encode(canvas: HTMLCanvasElement, quality: number): Promise<Blob> {
  return new Promise((resolve, reject) => {
    const done = (blob: Blob | null) => {
      canvas.width = 0; // frees its pixels now, not when the collector comes by
      if (blob) resolve(blob);
      else reject(new Error("the canvas cannot be encoded"));
    };
    canvas.toBlob(done, "image/jpeg", quality);
  });
}
