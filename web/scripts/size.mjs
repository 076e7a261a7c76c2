// Fails where what a first visit loads is more than 120 kB after gzip.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT = 120_000;
const page = readFileSync("dist/index.html", "utf8");
const named = [...page.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map((match) => match[1]);
const sizes = ["index.html", ...named].map((name) => [
  name,
  gzipSync(readFileSync(`dist/${name}`)).length,
]);
const total = sizes.reduce((sum, [, size]) => sum + size, 0);
for (const [name, size] of sizes) console.log(`${String(size).padStart(8)}  ${name}`);
console.log(`${String(total).padStart(8)}  first load, gzip (limit ${LIMIT})`);
process.exit(total <= LIMIT ? 0 : 1);
