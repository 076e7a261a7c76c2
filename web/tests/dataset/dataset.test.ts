import { afterEach, beforeEach, expect, test } from "vitest";

import { toLabelStudio, toTrainingCsv } from "../../src/pages/dataset/exports";
import {
  addPhotos,
  addTold,
  correct,
  leastSureFirst,
  readDataSet,
  startOver,
} from "../../src/pages/dataset/items";
import { keysOf, labelsOf } from "../../src/pages/dataset/keys";
import { parseCsv, readReport } from "../../src/pages/dataset/report";

beforeEach(startOver);
afterEach(() => localStorage.clear());

const CSV = [
  "uri,outcome,prediction,confidence,width,height,left,top,right,bottom",
  '"/data/set/a ""1"".jpg",classified,female,0.97,200,100,20,10,60,50',
  "/data/set/b.jpg,uncertain,,0.52,200,100,0,0,10,10",
  "/data/set/c.jpg,no_person,,,200,100,,,,",
  "",
].join("\r\n");
const table = () => new File([CSV], "labels.csv");
const photo = (name: string) => new File(["x"], name, { type: "image/jpeg" });
const uris = () => readDataSet().items.map(({ uri }) => uri);

test("a table of label is read, quotes and refusals too", async () => {
  const told = await readReport(table());
  expect([...told.keys()]).toEqual(['/data/set/a "1".jpg', "/data/set/b.jpg", "/data/set/c.jpg"]);
  expect(told.get("/data/set/b.jpg")).toMatchObject({ label: null, confidence: 0.52 });
  expect(told.get("/data/set/c.jpg")).toMatchObject({ outcome: "no_person", box: null });
});

test("JSON Lines are read; of several faces the least sure one counts", async () => {
  const row = { uri: "a.jpg", outcome: "classified", prediction: "male", box: [1, 2, 3, 4] };
  const lines = [0.9, 0.6].map((confidence) => JSON.stringify({ ...row, confidence }));
  const told = await readReport(new File([lines.join("\n")], "labels.jsonl"));
  expect(told.get("a.jpg")).toMatchObject({ confidence: 0.6, box: [1, 2, 3, 4] });
});

test("another table is refused", async () => {
  await expect(readReport(new File(["a,b\r\n1,2\r\n"], "x.csv"))).rejects.toThrow(
    /uri and outcome/,
  );
});

test("cells may hold commas and line ends", () => {
  expect(parseCsv('a,b\n"1,\n2",3\n')).toEqual([{ a: "1,\n2", b: "3" }]);
});

test("photos find their rows, whichever came first", async () => {
  const told = await readReport(table());
  addTold(told);
  addPhotos([photo("b.jpg"), photo("new.jpg")]);
  expect(uris()).toEqual([...told.keys(), "new.jpg"]);
  expect(readDataSet().items[1]?.file?.name).toBe("b.jpg");
  startOver();
  addPhotos([photo("b.jpg")]);
  addTold(told);
  expect(readDataSet().items[0]).toMatchObject({
    uri: "/data/set/b.jpg",
    told: { confidence: 0.52 },
  });
  expect(uris()).toHaveLength(3);
});

test("the least sure come first", async () => {
  addTold(await readReport(table()));
  addPhotos([photo("unasked.jpg")]);
  expect(leastSureFirst(readDataSet().items).map(({ uri }) => uri)).toEqual([
    "/data/set/b.jpg",
    '/data/set/a "1".jpg',
    "/data/set/c.jpg",
    "unasked.jpg",
  ]);
});

test("corrections are exported for training and for Label Studio", async () => {
  addTold(await readReport(table()));
  correct('/data/set/a "1".jpg', "male");
  correct("/data/set/b.jpg", "undecided");
  expect(toTrainingCsv(readDataSet())).toBe('path,label\r\n"/data/set/a ""1"".jpg",male\r\n');
  const [first, second] = JSON.parse(toLabelStudio(readDataSet())) as {
    annotations: { result: { value: object }[] }[];
  }[];
  expect(first?.annotations[0]?.result[0]?.value).toEqual({
    x: 10,
    y: 10,
    width: 20,
    height: 40,
    rotation: 0,
    rectanglelabels: ["male"],
  });
  expect(second?.annotations[0]?.result[0]?.value).toMatchObject({
    rectanglelabels: ["uncertain"],
  });
});

test("a review goes on where it was left, until it is started over", async () => {
  const told = await readReport(table());
  addTold(told);
  correct("/data/set/b.jpg", "female");
  const kept = Object.entries(localStorage) as [string, string][];
  startOver();
  for (const [name, value] of kept) localStorage.setItem(name, value);
  addTold(told);
  expect(readDataSet().corrections).toEqual({ "/data/set/b.jpg": "female" });
  startOver();
  addTold(told);
  expect(readDataSet().corrections).toEqual({});
});

test("the first letters are the keys, or digits where they clash", () => {
  const keys = (...labels: string[]) => keysOf(labels).map(([key]) => key);
  expect(keysOf(["female", "male"])).toEqual([
    ["f", "female"],
    ["m", "male"],
    ["u", "undecided"],
  ]);
  expect(keys("feminine", "masculine", "androgynous")).toEqual(["f", "m", "a", "u"]);
  expect(keys("man", "maid")).toEqual(["1", "2", "u"]);
  expect(keys("slim", "wide")).toEqual(["1", "2", "u"]);
  expect(keys("0-19", "20-39")).toEqual(["1", "2", "u"]);
  const many = keys(...Array.from({ length: 40 }, (_, i) => `x${i}`));
  expect(new Set(many.filter((key) => key)).size).toBe(34 + 1);
  expect(many.filter((key) => !key)).toHaveLength(6);
});

test("labels of a table that the model does not know can be given, too", async () => {
  addTold(await readReport(table()));
  expect(labelsOf(["a"], readDataSet().items)).toEqual(["a", "female"]);
});
