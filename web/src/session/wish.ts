/**
 * What the visitor chose. Kept for this tab: a photo must not go to the service because a page was
 * reloaded or another one looked at.
 */
import { createCell } from "./cell";
import type { Wish } from "./types";

const NAME = "genderlens-place";
const wish = createCell<Wish>({
  faces: "single",
  place: sessionStorage.getItem(NAME) === "device" ? "device" : "service",
});

export function writeWish(next: Wish): void {
  sessionStorage.setItem(NAME, next.place);
  wish.write(next);
}

export const readWish = wish.read;
export const useWish = wish.use;
