// Puts a .gz beside each file of dist that shrinks, for servers that send files as they lie.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const SHRINKS = /\.(css|html|js|json|svg|wasm)$/;
const MIN_BYTES = 1000;

for (const entry of readdirSync("dist", { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (!entry.isFile() || !SHRINKS.test(path)) continue;
  const content = readFileSync(path);
  if (content.length >= MIN_BYTES) writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
}
