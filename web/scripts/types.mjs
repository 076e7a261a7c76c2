// Writes src/api/schema.ts from the service's OpenAPI document; --check fails where it would change.
// The document comes from `genderlens openapi`, or from the file named by OPENAPI.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const target = here("../src/api/schema.ts");

function readDocument() {
  if (process.env.OPENAPI) return readFileSync(process.env.OPENAPI, "utf8");
  const commands = [here("../../.venv-dev/bin/genderlens"), here("../../.venv/bin/genderlens")];
  const command = commands.find(existsSync) ?? "genderlens";
  return execFileSync(command, ["openapi"], { encoding: "utf8", maxBuffer: 2 ** 26 });
}

const types = astToString(await openapiTS(JSON.parse(readDocument()), { alphabetize: true }));
const text = `// Written by \`npm run types\` from the service's OpenAPI document; do not edit.\n${types}`;
if (!process.argv.includes("--check")) {
  writeFileSync(target, text);
} else if (readFileSync(target, "utf8") !== text) {
  console.error("src/api/schema.ts is not what the service says; run: npm run types");
  process.exit(1);
}
