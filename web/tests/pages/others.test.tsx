import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test } from "vitest";

import type { Schemas } from "../../src/api/client";
import CardPage from "../../src/pages/card/CardPage";
import HistoryPage from "../../src/pages/history/HistoryPage";
import ModelsPage from "../../src/pages/models/ModelsPage";
import TrainingPage from "../../src/pages/training/TrainingPage";
import { remembered } from "../answers";
import { json, problem, stubService } from "../api/service";
import { renderPage } from "../render";

const version = (name: string, aliases: string[]): Schemas["ModelVersion"] => ({
  version: name,
  aliases,
  created: "2026-11-21T10:00:00+00:00",
  architecture: "compact_resnet",
  accuracy: 0.912,
  loaded: true,
  share: 1,
});
const models: Schemas["ModelsAnswer"] = {
  serving: "a-1",
  follows_registry: true,
  reload_error: null,
  production: "a-1",
  candidate: "b-2",
  previous: null,
  traffic: {},
  models: [version("a-1", ["production"]), version("b-2", ["candidate"])],
};
const job: Schemas["JobAnswer"] = {
  id: "j1",
  source: "portraits",
  recipe: "small-data",
  promote: true,
  state: "running",
  stage: "training",
  created: "2026-11-21T10:00:00+00:00",
  started: null,
  finished: null,
  attempts: 1,
  progress: { epoch: 2, epochs: 8, figures: { loss: 0.5 } },
  version: null,
  decision: null,
  reason: null,
};

describe("a page that the service does not offer says so", () => {
  const pages = [
    ["history", <HistoryPage key="h" />, "GET /predictions"],
    ["models", <ModelsPage key="m" />, "GET /models"],
    ["training", <TrainingPage key="t" />, "GET /jobs"],
    ["card", <CardPage key="c" />, "GET /model-card"],
  ] as const;
  test.each(pages)("%s: 404, 403, 401", async (_, page, route) => {
    stubService({});
    const first = renderPage(page);
    expect((await screen.findByRole("alert")).textContent).toMatch(
      /not available here.*does not offer/,
    );
    first.unmount();
    stubService({ [route]: () => problem(403, "forbidden") });
    const second = renderPage(page);
    expect((await screen.findByRole("alert")).textContent).toMatch(/API key may not see it/);
    second.unmount();
    stubService({ [route]: () => problem(401, "invalid_key") });
    renderPage(page);
    expect((await screen.findByRole("alert")).textContent).toMatch(/enter one/);
  });
});

test("the history is paged, filtered, and forgets on the second press", async () => {
  const { asked } = stubService({
    "GET /predictions": (request) =>
      json({ predictions: [remembered], next: request.url.includes("cursor=") ? null : "c2" }),
    "DELETE /predictions/019ab1c2": () => new Response(null, { status: 204 }),
  });
  const user = userEvent.setup();
  renderPage(<HistoryPage />);
  await user.click(await screen.findByRole("button", { name: "Older" }));
  expect(await screen.findByText("Page 2")).toBeDefined();
  await waitFor(() =>
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Older" }).disabled).toBe(true),
  );
  expect(asked.at(-1)?.url).toContain("cursor=c2");
  await user.selectOptions(screen.getByLabelText("Outcome"), "uncertain");
  expect(screen.getByText("Page 1")).toBeDefined();
  await waitFor(() => expect(asked.at(-1)?.url).toContain("outcome=uncertain"));
  await user.click(await screen.findByRole("button", { name: "Delete" }));
  expect(asked.some(({ method }) => method === "DELETE")).toBe(false);
  await user.click(screen.getByRole("button", { name: "Really?" }));
  await waitFor(() => expect(asked.some(({ method }) => method === "DELETE")).toBe(true));
});

test("a refused promotion names the gate that did not hold", async () => {
  const gate = {
    gate: "worst_group_accuracy",
    value: 0.8,
    limit: 0.85,
    at_least: true,
    passed: false,
  };
  stubService({
    "GET /models": () => json(models),
    "POST /models/b-2/promote": () =>
      problem(409, "promotion_refused", { decision: { gates: [gate] } }),
  });
  const user = userEvent.setup();
  renderPage(<ModelsPage />);
  await user.click(await screen.findByRole("button", { name: "Promote" }));
  await user.click(screen.getByRole("button", { name: "Press again to promote" }));
  expect(
    await screen.findByText(/fails: worst group accuracy 0.8000, needs at least 0.8500/),
  ).toBeDefined();
});

test("a split of the traffic is sent without the zeros", async () => {
  const { asked } = stubService({
    "GET /models": () => json(models),
    "PUT /models/traffic": () => json(models),
  });
  const user = userEvent.setup();
  renderPage(<ModelsPage />);
  await user.type(await screen.findByRole("spinbutton", { name: /a-1/ }), "9");
  await user.click(screen.getByRole("button", { name: "Set the split" }));
  await waitFor(() => expect(asked.some(({ method }) => method === "PUT")).toBe(true));
  expect(await asked.find(({ method }) => method === "PUT")?.json()).toEqual({
    weights: { "a-1": 9 },
  });
});

test("a running job shows its progress, its curves and its log, and can be stopped", async () => {
  const { asked } = stubService({
    "GET /jobs": () => json({ jobs: [job], count: 1 }),
    "GET /jobs/j1": () => json({ ...job, log: ["epoch 2 of 8"] }),
    "DELETE /jobs/j1": () => json(job, 202),
  });
  const user = userEvent.setup();
  renderPage(<TrainingPage />);
  const card = within(
    (await screen.findByText("portraits with small-data")).closest("li") ?? document.body,
  );
  expect(card.getByText("Epoch 2 of 8")).toBeDefined();
  expect(await card.findByText("epoch 2 of 8")).toBeDefined();
  expect(card.getByRole("img", { name: "loss, 1 epochs seen" })).toBeDefined();
  await user.click(card.getByRole("button", { name: "Stop" }));
  await user.click(card.getByRole("button", { name: "Press again to stop" }));
  await waitFor(() => expect(asked.some(({ method }) => method === "DELETE")).toBe(true));
});

test("the model card is shown as text, never as HTML", async () => {
  const card = "# Model card\n\n<script>alert(1)</script>\n\n| a | b |\n|---|---|\n| 1 | 2 |\n";
  stubService({ "GET /model-card": () => new Response(card) });
  const { container } = renderPage(<CardPage />);
  expect(await screen.findByRole("heading", { name: "Model card" })).toBeDefined();
  expect(screen.getByRole("cell", { name: "2" })).toBeDefined();
  expect(container.querySelector("script")).toBeNull();
});
