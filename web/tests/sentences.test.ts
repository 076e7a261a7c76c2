/** Sentences stand in the catalogue alone, so that a translation is one file. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const SPOKEN = new Set(["aria-label", "title", "alt", "placeholder", "label", "what", "question"]);
/** Names, and the lead of a version. */
const PLAIN = /^(genderlens|\W*)$/;

function sentencesIn(path: string): string[] {
  const source = ts.createSourceFile(
    path,
    readFileSync(path, "utf8"),
    ts.ScriptTarget.Latest,
    true,
  );
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node) && !PLAIN.test(node.text.trim())) found.push(node.text.trim());
    if (ts.isJsxAttribute(node) && node.initializer && ts.isStringLiteral(node.initializer)) {
      const name = node.name.getText(source);
      if (SPOKEN.has(name) && !PLAIN.test(node.initializer.text)) found.push(node.initializer.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const files = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".tsx"))
  .map((name) => join("src", name));

test("there are components to look at", () => expect(files.length).toBeGreaterThan(30));

test.each(files)("%s holds no sentence of its own", (path) => {
  expect(sentencesIn(path)).toEqual([]);
});
