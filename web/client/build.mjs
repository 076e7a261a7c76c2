// Builds dist/: the types that the page uses too, made from the service's OpenAPI document, and the client.
import { execFileSync } from "node:child_process";
import { copyFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
rmSync(here("dist"), { recursive: true, force: true });
copyFileSync(here("../src/api/schema.ts"), here("src/schema.ts"));
copyFileSync(here("../../LICENSE"), here("LICENSE"));
const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");
execFileSync(process.execPath, [compiler, "-p", here("tsconfig.json")], { stdio: "inherit" });
