/** Sends pictures to where they are judged and notes what becomes of them. */
import { asFailure } from "../api/failure";
import { predict, type Faces } from "../api/upload";
import { predictHere } from "../private/device";
import { previewOf } from "../private/orientation";
import { Slots } from "./slots";
import { addPicture, update } from "./store";
import type { Picture, Place } from "./types";

/** A busy service asks for a second of patience; many pictures at once may need more of it. */
const PAUSES_MS = [1000, 2000, 4000];
const slots: Record<Place, Slots> = { service: new Slots(3), device: new Slots(1) };

export interface Wish {
  faces: Faces;
  place: Place;
}

export async function addFiles(files: Iterable<File>, wish: Wish): Promise<void> {
  for (const file of files) {
    const name = file.name || "pasted picture";
    void judge(addPicture(file, name, wish.place, await previewOf(file)), wish);
  }
}

/** Judges a picture, anew if it was judged before. */
export async function judge(picture: Picture, wish: Wish): Promise<void> {
  const { id } = picture;
  update(id, { progress: { step: "waiting" }, place: wish.place });
  await slots[wish.place].run(async () => {
    const start = performance.now();
    try {
      const answer = await (wish.place === "device" ? here(picture, wish) : there(picture, wish));
      update(id, { progress: { step: "answered", answer, tookMs: performance.now() - start } });
    } catch (error) {
      update(id, { progress: { step: "failed", failure: asFailure(error) } });
    }
  });
}

function here({ id, file }: Picture, { faces }: Wish) {
  update(id, { progress: { step: "judging" } });
  return predictHere(file, faces);
}

async function there(picture: Picture, wish: Wish) {
  for (const pause of PAUSES_MS) {
    try {
      return await send(picture, wish);
    } catch (error) {
      if (asFailure(error).code !== "overloaded") throw error;
      update(picture.id, { progress: { step: "waiting" } });
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return send(picture, wish);
}

function send({ id, file, name }: Picture, { faces }: Wish) {
  update(id, { progress: { step: "sending", share: 0 } });
  const onProgress = (share: number) =>
    update(id, { progress: share < 1 ? { step: "sending", share } : { step: "judging" } });
  return predict(file, name, faces, { onProgress });
}
