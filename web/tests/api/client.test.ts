import { expect, test } from "vitest";

import { api, unwrap } from "../../src/api/client";
import { askHealth } from "../../src/api/health";
import { writeKey } from "../../src/api/key";
import { json, problem, stubService } from "./service";

const health = { status: "healthy", model_version: "default-1", model_loaded: true };

test("the key goes along as a bearer token and lies in session storage alone", async () => {
  const { asked } = stubService({ "GET /models": () => json({}) });
  writeKey("gl_abc");
  await (await api()).GET("/models");
  expect(asked.at(-1)?.headers.get("authorization")).toBe("Bearer gl_abc");
  expect(localStorage).toHaveLength(0);
  writeKey("");
  await (await api()).GET("/models");
  expect(asked.at(-1)?.headers.get("authorization")).toBeNull();
});

test("a problem document becomes a failure with its code and words", async () => {
  stubService({ "GET /models": () => problem(403, "forbidden") });
  const reply = await (await api()).GET("/models");
  expect(() => unwrap(reply)).toThrow(expect.objectContaining({ status: 403, code: "forbidden" }));
});

test("what is no problem document is a failure too", async () => {
  stubService({ "GET /models": () => new Response("<html>", { status: 502 }) });
  const reply = await (await api()).GET("/models");
  expect(() => unwrap(reply)).toThrow(expect.objectContaining({ status: 502, code: "unexpected" }));
});

test("health: ready, starting, down", async () => {
  stubService({ "GET /health": () => json(health) });
  expect(await askHealth()).toMatchObject({ state: "ready", model: "default-1" });
  stubService({ "GET /health": () => problem(503, "not_ready") });
  expect(await askHealth()).toMatchObject({ state: "starting" });
  stubService({ "GET /health": () => Promise.reject(new TypeError("refused")) });
  expect(await askHealth()).toEqual({
    state: "down",
    model: null,
    latencyMs: null,
    abstainBelow: null,
  });
});
