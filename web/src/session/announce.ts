/** What a screen reader is told, in one place: single answers by name, many of them together. */
import { t } from "../words/en";
import { summaryOf } from "../words/verdict";
import { createCell } from "./cell";
import { readPictures } from "./store";
import { isDone, type Picture } from "./types";

/** After the last answer, and between news while many are under way. */
const PATIENCE_MS = { last: 500, many: 5000 };
const MOST_NAMES = 3;
const words = createCell("");
let heard: Picture[] = [];
/** How many were answered since all were done. */
let batch = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

export const useAnnouncement = words.use;

export function announce(text: string): void {
  words.write(text);
}

/** A single answer is told by name; of many, how far they are, now and then and at the end. */
export function announceAnswer(picture: Picture): void {
  heard.push(picture);
  batch += 1;
  if (readPictures().every(isDone)) {
    clearTimeout(timer);
    timer = setTimeout(tell, PATIENCE_MS.last);
  } else timer ??= setTimeout(tell, PATIENCE_MS.many);
}

function tell(): void {
  const all = readPictures();
  const [first] = heard;
  timer = undefined;
  if (first && batch === 1) announce(`${first.name}: ${summaryOf(first)}`);
  else {
    const names = heard.slice(0, MOST_NAMES).map(({ name }) => name);
    announce(
      t.answersTold(all.filter(isDone).length, all.length, names, heard.length - names.length),
    );
  }
  heard = [];
  if (all.every(isDone)) batch = 0;
}
