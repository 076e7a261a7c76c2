/** What a screen reader is told, in one place: single answers by name, many of them together. */
import { t } from "../words/en";
import { summaryOf } from "../words/verdict";
import { createCell } from "./cell";
import { readPictures } from "./store";
import { isDone, type Picture } from "./types";

const PATIENCE_MS = 1000;
const MOST_NAMES = 3;
const words = createCell("");
let heard: Picture[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;

export const useAnnouncement = words.use;

export function announce(text: string): void {
  words.write(text);
}

/** Answers that come within a second are told in one sentence. */
export function announceAnswer(picture: Picture): void {
  heard.push(picture);
  timer ??= setTimeout(tell, PATIENCE_MS);
}

function tell(): void {
  const all = readPictures();
  const [first] = heard;
  timer = undefined;
  if (first && heard.length === 1) announce(`${first.name}: ${summaryOf(first)}`);
  else {
    const names = heard.slice(0, MOST_NAMES).map(({ name }) => name);
    announce(
      t.answersTold(all.filter(isDone).length, all.length, names, heard.length - names.length),
    );
  }
  heard = [];
}
