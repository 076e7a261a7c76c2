import { createHash } from "node:crypto";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import type { Plugin } from "vite";

/** The service that `npm run dev` and `npm run preview` pass requests on to. */
const service = process.env.GENDERLENS_URL ?? "http://127.0.0.1:8000";
const proxy = { "^/(?!app/(?!private/)|@|node_modules/|src/)": { target: service } };
const SERVICE_WORKER = "sw";

export default defineConfig({
  base: "./",
  plugins: [react(), listFiles()],
  server: { proxy },
  build: {
    // Nothing is inlined: the content security policy forbids data: addresses.
    assetsInlineLimit: 0,
    target: "es2022",
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      input: { index: "index.html", [SERVICE_WORKER]: "offline/sw.ts" },
      output: {
        // Browsers look for a newer service worker under the name that it always had.
        entryFileNames: ({ name }) =>
          name === SERVICE_WORKER ? "[name].js" : "assets/[name]-[hash].js",
      },
    },
  },
  worker: { format: "es" },
  test: {
    environment: "jsdom",
    // The runtime for browsers does not start under Node; the other build has the same engine.
    alias: { "onnxruntime-web/wasm": "onnxruntime-web" },
    setupFiles: ["tests/setup.ts"],
    include: ["tests/**/*.test.{ts,tsx}"],
    testTimeout: 30_000,
  },
});

/** Tells the service worker which files the page has; the runtime of private mode only once it is wanted. */
function listFiles(): Plugin {
  return {
    name: "list-files",
    apply: "build",
    generateBundle(_, bundle) {
      const worker = bundle[`${SERVICE_WORKER}.js`];
      if (worker?.type !== "chunk") throw new Error("the service worker was not built");
      const files = Object.keys(bundle).filter((name) => /^assets\/.*\.(js|css)$/.test(name));
      const version = createHash("sha256").update(files.sort().join()).digest("hex").slice(0, 12);
      worker.code = `self.PAGE = ${JSON.stringify({ version, files })};\n${worker.code}`;
    },
  };
}
