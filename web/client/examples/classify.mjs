// node examples/classify.mjs http://127.0.0.1:8000 photo.jpg …
import { openAsBlob } from "node:fs";

import { GenderlensClient, Problem } from "genderlens-client";

const [address = "http://127.0.0.1:8000", ...paths] = process.argv.slice(2);
const client = new GenderlensClient(address, { key: process.env.GENDERLENS_KEY });
for (const path of paths) {
  try {
    const answer = await client.predict(await openAsBlob(path), { faces: "largest" });
    console.log(`${path}: ${answer.prediction ?? answer.outcome} ${answer.confidence.toFixed(3)}`);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    console.log(`${path}: ${error.code}, ${error.message}`);
  }
}
