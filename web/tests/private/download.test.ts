/** Files that are not what was described are never run. */
import { createHash } from "node:crypto";

import { afterEach, expect, test, vi } from "vitest";

import { ApiFailure } from "../../src/api/failure";
import { download } from "../../src/private/download";
import { json, problem, stubService } from "../api/service";

const BASE = new URL("http://localhost:3000/app/private/");
const bytes = (text: string) => new TextEncoder().encode(text);
const described = (file: string, text: string) => ({
  file,
  bytes: bytes(text).length,
  sha256: createHash("sha256").update(text).digest("hex"),
});
const facts = {
  model: described("model.onnx?v=1", "model"),
  detector: described("d.onnx", "eyes"),
};

afterEach(() => {
  vi.unstubAllGlobals();
});

function serve(model: () => string) {
  return stubService({
    "GET /app/private/model.json": () => json(facts),
    "GET /app/private/model.onnx": () => new Response(bytes(model())),
    "GET /app/private/d.onnx": () => new Response(bytes("eyes")),
  });
}

test("both networks arrive, with progress and the key", async () => {
  const { asked } = serve(() => "model");
  const shares: number[] = [];
  const found = await download(BASE, { Authorization: "Bearer k" }, (share) => shares.push(share));
  expect(new TextDecoder().decode(found.model)).toBe("model");
  expect(shares.at(-1)).toBe(1);
  expect(asked.every(({ headers }) => headers.get("authorization") === "Bearer k")).toBe(true);
});

test("a model that took over meanwhile is asked for once more, past what is kept", async () => {
  const answers = ["other", "model"];
  const { asked } = serve(() => answers.shift() ?? "");
  await download(BASE, {}, () => undefined);
  expect(asked.map(({ cache }) => cache)).toEqual([
    ...Array<string>(3).fill("default"),
    ...Array<string>(3).fill("reload"),
  ]);
});

test.each(["wrong", "longer than it should be", ""])("%s is refused", async (content) => {
  serve(() => content);
  await expect(download(BASE, {}, () => undefined)).rejects.toThrow("model.onnx");
});

test("a service without private mode says why", async () => {
  stubService({ "GET /app/private/model.json": () => problem(404, "private_mode_unavailable") });
  const failure = await download(BASE, {}, () => undefined).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ApiFailure);
  expect(failure).toMatchObject({ status: 404, code: "private_mode_unavailable" });
});
