/** The further looks at one picture; mirrors those of genderlens.detection.confirm. */
import { lookCloser, type Detection, type RunDetector } from "./centerface";
import type { Looks } from "./facts";
import { areaOf } from "./gate";
import { clip, overlap, type Raster } from "./raster";
import { squareOf } from "./turned";

const SQUARES = [1.5, 3] as const;
const SEEN_AGAIN = 0.35;
const SEEN_CLEARLY = 0.45;
const LEAST_OVERLAP = 0.3;

/** The further look at a face, in a square of so many of its sides that may lean. */
type Look = (face: Detection, side: number, roll?: number) => Promise<Detection | undefined>;

export function lookOnce(picture: Raster, run: RunDetector, looks: Looks): Look {
  const known = new Map<string, Detection | undefined>();
  return async (face, side, roll = 0) => {
    const key = `${side}:${roll}:${face.box.join()}`;
    if (!known.has(key)) known.set(key, await lookAgain(picture, run, looks, face, side, roll));
    return known.get(key);
  };
}

/** The best of what a look finds in the face's place. */
async function lookAgain(
  picture: Raster,
  run: RunDetector,
  looks: Looks,
  { box }: Detection,
  side: number,
  roll: number,
): Promise<Detection | undefined> {
  const square = { box: squareOf(box, side), roll };
  const found = await lookCloser(picture, run, looks, square, SEEN_AGAIN);
  return found.find((one) => overlap(one.box, box) > LEAST_OVERLAP);
}

/** What the further looks at one picture say, each done once and only where it is needed. */
export class Eye {
  private readonly settled = new Set<Detection>();

  constructor(
    readonly picture: Raster,
    private readonly look: Look,
  ) {}

  /** Whether one of the looks finds the face again. */
  async sees(face: Detection): Promise<boolean> {
    if (this.settled.has(face)) return true;
    for (const side of SQUARES) if (await this.look(face, side)) return true;
    return false;
  }

  /** Whether the looks together are sure enough of a weak face. */
  async seesClearly(face: Detection): Promise<boolean> {
    if (this.settled.has(face)) return true;
    const near = await this.look(face, SQUARES[0]);
    const far = await this.look(face, SQUARES[1]);
    return ((near?.score ?? 0) + (far?.score ?? 0)) / 2 >= SEEN_CLEARLY;
  }

  /** The face with the mean score and the larger of its boxes, where each look sees it clearly. */
  async settle(face: Detection, roll: number): Promise<Detection | undefined> {
    const near = await this.look(face, SQUARES[0], roll);
    if (!near || near.score < SEEN_CLEARLY) return undefined;
    const far = await this.look(face, SQUARES[1], roll);
    if (!far || far.score < SEEN_CLEARLY) return undefined;
    const close = { ...near, box: clip(near.box, this.picture) };
    const larger = areaOf(close) >= areaOf(face) ? close : face;
    return this.remember({ ...larger, score: (near.score + far.score) / 2 });
  }

  /** The face with the box that the near look saw, where it was seen coarsely before. */
  async measure(face: Detection): Promise<Detection> {
    const near = face.seenPx === undefined ? undefined : await this.look(face, SQUARES[0]);
    if (!near) return face;
    const found = { ...near, score: face.score, box: clip(near.box, this.picture) };
    return this.settled.has(face) ? this.remember(found) : found;
  }

  private remember(face: Detection): Detection {
    this.settled.add(face);
    return face;
  }
}
