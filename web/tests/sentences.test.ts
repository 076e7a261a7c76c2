/** Sentences stand in the catalogue alone, so that a translation is one file. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const SPOKEN = new Set(["aria-label", "title", "alt", "placeholder", "label", "what", "question"]);
const UNREAD = new Set(["className", "style"]);
const NAME = /^(genderlens|\W*)$/;
const SENTENCE = /\p{L}{2,}[^\p{L}]*\s[^\p{L}]*\p{L}{2,}|^\p{Lu}\p{Ll}+\.$/u;
/** What nobody reads on the page: selectors, words to developers, the wire format. */
const UNSPOKEN = new Set([
  "td:last-child button",
  "(prefers-reduced-motion: reduce)",
  "index.html has no #root",
  "no canvas",
  "the canvas cannot be encoded",
  "asked before it was loaded",
  "….onnx is missing",
]);
/** Of the model's own files, and of answers that read as the service's do. */
const MIRRORS = /^src\/private\/(download|golden|networks|predictor|worker)\.ts$/;

const files = readdirSync("src", { recursive: true, encoding: "utf8" })
  .map((name) => join("src", name))
  .filter((name) => /\.tsx?$/.test(name) && !/^src\/(words\/|api\/schema)/.test(name));

function parse(path: string): ts.SourceFile {
  return ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
}

/** All texts of a file but class names, imports and types, with whether they are in plain mark-up. */
function textsIn(source: ts.SourceFile): { text: string; spoken: boolean }[] {
  const found: { text: string; spoken: boolean }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
    if (ts.isJsxText(node)) found.push({ text: node.text.trim(), spoken: true });
    else if (ts.isJsxAttribute(node)) {
      const name = node.name.getText(source);
      const value = node.initializer;
      if (UNREAD.has(name)) return;
      if (value && ts.isStringLiteral(value))
        found.push({ text: value.text, spoken: SPOKEN.has(name) });
      else ts.forEachChild(node, visit);
      return;
    } else if (ts.isStringLiteralLike(node)) found.push({ text: node.text, spoken: false });
    else if (ts.isTemplateExpression(node)) {
      const parts = [node.head, ...node.templateSpans.map(({ literal }) => literal)];
      found.push({ text: parts.map(({ text }) => text).join("…"), spoken: false });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function sentencesIn(path: string): string[] {
  return textsIn(parse(path))
    .filter(({ text, spoken }) => (spoken ? !NAME.test(text) : SENTENCE.test(text)))
    .map(({ text }) => text)
    .filter((text) => !UNSPOKEN.has(text));
}

test("there are files to look at", () => expect(files.length).toBeGreaterThan(100));

test.each(files.filter((path) => !MIRRORS.test(path)))(
  "%s holds no sentence of its own",
  (path) => {
    expect(sentencesIn(path)).toEqual([]);
  },
);

test("a sentence is found wherever it stands", () => {
  const source = ts.createSourceFile(
    "a.tsx",
    'const a = <p title={b ? "Two words" : `about ${c} photos`}>Word<i alt="x">{"Stopped."}</i></p>;',
    ts.ScriptTarget.Latest,
    true,
  );
  const found = textsIn(source).filter(({ text, spoken }) =>
    spoken ? !NAME.test(text) : SENTENCE.test(text),
  );
  expect(found.map(({ text }) => text)).toEqual([
    "Two words",
    "about … photos",
    "Word",
    "x",
    "Stopped.",
  ]);
});

test("the words of the model stand nowhere: it tells them", () => {
  const named = files.filter((path) =>
    textsIn(parse(path)).some(({ text }) => /^(fe)?male$/.test(text)),
  );
  expect(named).toEqual([]);
});
