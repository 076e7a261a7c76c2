import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** The service that `npm run dev` and `npm run preview` pass requests on to. */
const service = process.env.GENDERLENS_URL ?? "http://127.0.0.1:8000";
const proxy = { "^/(?!app/|@|node_modules/|src/)": { target: service } };

export default defineConfig({
  base: "./",
  plugins: [react()],
  server: { proxy },
  build: {
    // Nothing is inlined: the content security policy forbids data: addresses.
    assetsInlineLimit: 0,
    target: "es2022",
    chunkSizeWarningLimit: 1000,
  },
  worker: { format: "es" },
  test: {
    environment: "jsdom",
    // The runtime for browsers does not start under Node; the other build has the same engine.
    alias: { "onnxruntime-web/wasm": "onnxruntime-web" },
    setupFiles: ["tests/setup.ts"],
    include: ["tests/**/*.test.{ts,tsx}"],
  },
});
