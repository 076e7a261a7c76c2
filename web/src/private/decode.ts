/** An encoded picture to upright pixels, by the browser's decoders. Mirrors the rules of genderlens.pictures.imaging. */
import { ApiFailure } from "../api/failure";
import { t } from "../words/en";
import { SERVICE_ALONE, SIGNATURES } from "./formats";
import { readOrientation, uprightly } from "./orientation";
import type { Raster } from "./raster";

const MIN_SIDE_PX = 16;
const HEAD_BYTES = 18;

/** Formats by their first bytes; EXIF turns the picture, colour profiles are ignored, transparent is white. */
export async function decode(file: Blob, maxPixels: number): Promise<Raster> {
  const head = String.fromCharCode(
    ...new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer()),
  );
  if (SERVICE_ALONE.test(head))
    throw new ApiFailure(415, "undecodable_here", t.failures.undecodable);
  if (!Object.values(SIGNATURES).some((signature) => signature.test(head)))
    throw new ApiFailure(415, "unsupported_format", t.failures.unsupported);
  const { file: neutral, orientation } = await readOrientation(file);
  const bitmap = await open(neutral);
  try {
    requireSize(bitmap, maxPixels);
    return read(bitmap, orientation);
  } finally {
    bitmap.close();
  }
}

async function open(file: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file, {
      imageOrientation: "from-image",
      colorSpaceConversion: "none",
      premultiplyAlpha: "none",
    });
  } catch {
    throw new ApiFailure(422, "corrupt_image", t.failures.corrupt);
  }
}

function requireSize({ width, height }: ImageBitmap, maxPixels: number): void {
  if (width * height > maxPixels)
    throw new ApiFailure(413, "too_many_pixels", t.failures.tooLarge(width, height));
  if (Math.min(width, height) < MIN_SIDE_PX)
    throw new ApiFailure(422, "too_small", t.failures.tooSmall(width, height));
}

function read(bitmap: ImageBitmap, orientation: number): Raster {
  const { width, height, matrix } = uprightly(orientation, bitmap.width, bitmap.height);
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new ApiFailure(0, "model_unavailable", t.failures.noCanvas);
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, width, height);
  context.setTransform(...matrix);
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, stride: 4, data: new Uint8Array(data.buffer) };
}
