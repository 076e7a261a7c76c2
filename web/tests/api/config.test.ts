import { beforeEach, expect, test, vi } from "vitest";

import { json, stubService } from "./service";

beforeEach(() => vi.resetModules());
const fresh = () => import("../../src/api/config");

test("another address of the API, from config.json", async () => {
  stubService({ "GET /config.json": () => json({ api: "https://api.example.org/v1" }) });
  const { apiUrl } = await fresh();
  expect(await apiUrl("/predict")).toBe("https://api.example.org/v1/predict");
});

test.each([
  ["none", () => new Response("", { status: 404 })],
  ["a broken one", () => new Response("{")],
  ["a wrong one", () => json({ api: 7 })],
])("%s: the same origin", async (_, answer) => {
  stubService({ "GET /config.json": answer });
  const { apiUrl } = await fresh();
  expect(await apiUrl("predict")).toBe(`${location.origin}/predict`);
});
