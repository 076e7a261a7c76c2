/** One face from frame to frame of a camera: looked for where it was, and everywhere now and then. */
import { lookCloser, refine, type Detection, type RunDetector } from "./centerface";
import { findFaces, type Rules } from "./confirm";
import { prominent } from "./gate";
import { clip, overlap, type Raster } from "./raster";
import { squareOf } from "./turned";

/**
 * From the end of one look at a whole frame to the next. Two frames more, the one that is looked at
 * meanwhile and the next, and whoever comes in is noticed within half a second.
 */
export const WHOLE_EVERY_MS = 300;
/** As the further looks at a face in one picture have it: less is another face. */
const LEAST_OVERLAP = 0.3;

/** The only face of the frame before, and until when no whole frame need be looked at. */
interface Track {
  face: Detection;
  untilMs: number;
}

/** Finds faces in one frame after the other, however far they are apart. */
export class Tracker {
  private track: Track | undefined;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** The faces that count, as `findFaces` has them. */
  readonly find: typeof findFaces = async (picture, run, rules, turned) => {
    const { track } = this;
    this.track = undefined;
    const isFresh = track && this.now() < track.untilMs;
    const again =
      isFresh &&
      ((await refineAgain(picture, run, rules, track.face)) ??
        (await findAgain(picture, run, rules, track.face)));
    if (again) {
      this.track = { ...track, face: again };
      return [again];
    }
    const faces = await findFaces(picture, run, rules, turned);
    const [only, ...others] = faces;
    if (only && others.length === 0 && isSure(only, rules))
      this.track = { face: only, untilMs: this.now() + WHOLE_EVERY_MS };
    return faces;
  };
}

/** An upright face where it was, as a small network places it; nothing where that is unsure. */
async function refineAgain(
  picture: Raster,
  run: RunDetector,
  { looks }: Rules,
  { box, landmarks, score }: Detection,
): Promise<Detection | undefined> {
  const found = landmarks?.roll ? undefined : await refine(picture, run, looks, box);
  if (!found || overlap(found.box, box) <= LEAST_OVERLAP) return undefined;
  return { ...found, score, box: clip(found.box, picture) };
}

/** The face near where it was; nothing where it is not sure, does not count or is not alone. */
async function findAgain(
  picture: Raster,
  run: RunDetector,
  rules: Rules,
  { box, landmarks }: Detection,
): Promise<Detection | undefined> {
  const { looks, faces: least } = rules;
  const square = { box: squareOf(box, looks.upright.square), roll: landmarks?.roll ?? 0 };
  const seen = await lookCloser(picture, run, looks, square, looks.upright.min_score);
  const found = seen.map((face) => ({ ...face, box: clip(face.box, picture) }));
  const [only, ...others] = prominent(found, picture, { ...least, min_score: 0 });
  if (!only || others.length > 0) return undefined;
  return isSure(only, rules) && overlap(only.box, box) > LEAST_OVERLAP ? only : undefined;
}

function isSure({ score }: Detection, { faces, doubt }: Rules): boolean {
  return score >= Math.max(faces.min_score, doubt.sure_score);
}
