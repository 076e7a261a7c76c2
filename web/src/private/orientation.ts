/**
 * The EXIF orientation of WebP files. Browsers turn JPEG, PNG and AVIF by themselves and most leave
 * WebP as it lies, so its orientation is taken out of the file and obeyed here.
 */

const EXIF_ORIENTATION = 0x0112;
const HEADER_BYTES = 12;
const CHUNK_BYTES = 8;

export interface Oriented {
  /** The file, with an orientation that browsers do not see if it is not 1. */
  file: Blob;
  /** 1 to 8, as EXIF numbers them; 1 is upright. */
  orientation: number;
}

export async function readOrientation(file: Blob): Promise<Oriented> {
  const head = new TextDecoder("latin1").decode(await file.slice(0, HEADER_BYTES).arrayBuffer());
  if (!/^RIFF[^]{4}WEBP/.test(head)) return { file, orientation: 1 };
  const bytes = new Uint8Array(await file.arrayBuffer());
  const at = findChunk(new DataView(bytes.buffer), "EXIF");
  const orientation = at === null ? 1 : orientationAt(bytes, at + CHUNK_BYTES);
  if (at === null || orientation === 1) return { file, orientation: 1 };
  bytes.set(new TextEncoder().encode("JUNK"), at);
  return { file: new Blob([bytes], { type: "image/webp" }), orientation };
}

/** Where a chunk of a RIFF file begins. */
function findChunk(view: DataView, name: string): number | null {
  for (let at = HEADER_BYTES; at + CHUNK_BYTES <= view.byteLength;) {
    const letters = [0, 1, 2, 3].map((i) => view.getUint8(at + i));
    if (String.fromCharCode(...letters) === name) return at;
    const size = view.getUint32(at + 4, true);
    at += CHUNK_BYTES + size + (size % 2);
  }
  return null;
}

/** 1 where the EXIF block is broken or says nothing. */
function orientationAt(bytes: Uint8Array, start: number): number {
  const prefixed = bytes[start] === 0x45; // "Exif\0\0", which some writers put before the block
  const view = new DataView(bytes.buffer, start + (prefixed ? 6 : 0));
  try {
    const little = view.getUint8(0) === 0x49;
    const directory = view.getUint32(4, little);
    const count = view.getUint16(directory, little);
    for (let entry = directory + 2; entry < directory + 2 + 12 * count; entry += 12) {
      if (view.getUint16(entry, little) !== EXIF_ORIENTATION) continue;
      const value = view.getUint16(entry + 8, little);
      return value >= 1 && value <= 8 ? value : 1;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return 1;
}

type Matrix = [number, number, number, number, number, number];

/** Draws a picture upright; size and transformation for a canvas. */
export function uprightly(
  orientation: number,
  width: number,
  height: number,
): { width: number; height: number; matrix: Matrix } {
  const matrices: Record<number, Matrix> = {
    2: [-1, 0, 0, 1, width, 0],
    3: [-1, 0, 0, -1, width, height],
    4: [1, 0, 0, -1, 0, height],
    5: [0, 1, 1, 0, 0, 0],
    6: [0, 1, -1, 0, height, 0],
    7: [0, -1, -1, 0, height, width],
    8: [0, -1, 1, 0, 0, width],
  };
  const matrix = matrices[orientation] ?? [1, 0, 0, 1, 0, 0];
  return orientation >= 5 ? { width: height, height: width, matrix } : { width, height, matrix };
}
