import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { App } from "../../src/App";
import { json, problem, stubService } from "../api/service";
import { renderPage } from "../render";

const health = { status: "healthy", model_version: "default-1" };

test("status in words with latency; pages behind #, with focus and title", async () => {
  stubService({
    "GET /health": () => json(health),
    "GET /jobs": () => json({ jobs: [], count: 0 }),
  });
  renderPage(<App />);
  expect(await screen.findByText("Service ready")).toBeDefined();
  expect(screen.getByText(/^\d+ ms$/)).toBeDefined();
  act(() => {
    location.hash = "#/training";
  });
  expect(await screen.findByRole("heading", { name: "Training", level: 1 })).toBeDefined();
  expect(document.activeElement?.id).toBe("main");
  expect(document.title).toBe("Training · genderlens");
  expect(screen.getByRole("link", { name: "Training" }).getAttribute("aria-current")).toBe("page");
});

test("the service is gone: that is said", async () => {
  stubService({ "GET /health": () => Promise.reject(new TypeError("refused")) });
  renderPage(<App />);
  expect(await screen.findByText("Service unreachable")).toBeDefined();
});

test("an API key is kept for this tab and can be forgotten", async () => {
  const { asked } = stubService({
    "GET /health": () => json(health),
    "GET /capabilities/key": (request) =>
      request.headers.get("authorization") === "Bearer gl_abc"
        ? json({ scopes: ["predict"], training_sources: [], recipes: [] })
        : problem(401, "invalid_key"),
  });
  const user = userEvent.setup();
  renderPage(<App />);
  await user.click(screen.getByRole("button", { name: "API key" }));
  await user.type(screen.getByLabelText("Key"), "gl_wrong");
  await user.click(screen.getByRole("button", { name: "Use this key" }));
  expect(await screen.findByText(/does not know this key/)).toBeDefined();
  expect(sessionStorage).toHaveLength(0);
  await user.clear(screen.getByLabelText("Key"));
  await user.type(screen.getByLabelText("Key"), "gl_abc");
  await user.click(screen.getByRole("button", { name: "Use this key" }));
  await waitFor(() => expect(sessionStorage.getItem("genderlens-api-key")).toBe("gl_abc"));
  expect(asked.some(({ url }) => url.endsWith("/capabilities/key"))).toBe(true);
  await user.click(screen.getByRole("button", { name: "API key set" }));
  await user.click(screen.getByRole("button", { name: "Forget it" }));
  await waitFor(() => expect(sessionStorage).toHaveLength(0));
});
