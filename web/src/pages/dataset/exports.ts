/** Corrections for others: a CSV that `train` reads, and tasks for Label Studio. */
import { cell } from "../../session/table";
import { UNDECIDED, type DataSet, type Item, type Verdict } from "./items";

/** `path,label`, a row for each photo that a person gave a label. */
export function toTrainingCsv({ items, corrections }: DataSet): string {
  const rows = items.flatMap(({ uri }) => {
    const verdict = corrections[uri];
    return verdict && verdict !== UNDECIDED ? [[uri, verdict]] : [];
  });
  return [["path", "label"], ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** Tasks with annotations, for the interface that `label --format label-studio` writes. */
export function toLabelStudio({ items, corrections }: DataSet): string {
  const tasks = items.flatMap((item) => {
    const verdict = corrections[item.uri];
    return verdict ? [taskOf(item, verdict)] : [];
  });
  return `${JSON.stringify(tasks, null, 2)}\n`;
}

function taskOf({ uri, told }: Item, verdict: Verdict) {
  const result = {
    type: "rectanglelabels",
    from_name: "presentation",
    to_name: "image",
    value: { ...placeOf(told), rotation: 0, rectanglelabels: [wordOf(verdict)] },
  };
  const image = /^[a-z0-9]+:\/\//i.test(uri) ? uri : `/data/local-files/?d=${encodeURI(uri)}`;
  return { data: { image, uri }, annotations: [{ result: [result] }] };
}

function wordOf(verdict: Verdict): string {
  return verdict === UNDECIDED ? "uncertain" : verdict;
}

/** The face in percent of the picture; the whole picture where it is not known. */
function placeOf(told: Item["told"]) {
  const [left, top, right, bottom] = told?.box ?? [];
  const size = told?.size;
  if (
    left === undefined ||
    top === undefined ||
    right === undefined ||
    bottom === undefined ||
    !size
  )
    return { x: 0, y: 0, width: 100, height: 100 };
  const across = 100 / size.width;
  const down = 100 / size.height;
  return {
    x: left * across,
    y: top * down,
    width: (right - left) * across,
    height: (bottom - top) * down,
  };
}
