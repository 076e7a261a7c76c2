import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test } from "vitest";

import type { Schemas } from "../../src/api/client";
import CardPage from "../../src/pages/card/CardPage";
import HistoryPage from "../../src/pages/history/HistoryPage";
import ModelsPage from "../../src/pages/models/ModelsPage";
import TrainingPage from "../../src/pages/training/TrainingPage";
import { capabilities, remembered } from "../answers";
import { json, problem, stubService } from "../api/service";
import { renderPage } from "../render";

const share = (value: number) => ({ value, low: value - 0.01, high: value + 0.01, count: 2499 });
const worst = { attribute: "race", group: "Black", accuracy: share(0.879) };
const version = (name: string, aliases: string[]): Schemas["ModelVersion"] => ({
  version: name,
  aliases,
  created: "2026-11-21T10:00:00+00:00",
  architecture: "compact_resnet",
  parameters: 2_800_000,
  licence: "CC BY 4.0",
  heads: capabilities.heads,
  trained_on: "FairFace",
  precision: "int8",
  size_bytes: 2_888_718,
  registered: true,
  accuracy: 0.912,
  loaded: true,
  weight: null,
  share: 1,
  evaluation: {
    data: "FairFace, split val",
    faces: "cropped",
    accuracy: share(0.912),
    abstained: share(0.03),
    ece: 0.0128,
    metrics: {},
    worst_group: worst,
    groups: [worst, { attribute: "race", group: "Indian", accuracy: share(0.95) }],
  },
});
const models: Schemas["ModelsAnswer"] = {
  serving: "a-1",
  follows_registry: true,
  reload_error: null,
  state_error: null,
  stale: false,
  broken: {},
  production: "a-1",
  candidate: "b-2",
  previous: null,
  traffic: {},
  models: [version("a-1", ["production"]), version("b-2", ["candidate"])],
};
const job: Schemas["JobAnswer"] = {
  id: "j1",
  key_id: null,
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

const epoch = (number: number, loss: number): Schemas["Epoch"] => ({
  epoch: number,
  train_loss: loss,
  train_accuracy: null,
  calibration_loss: null,
  calibration_accuracy: null,
  calibration_auroc: null,
  learning_rate: null,
  seconds: 1,
});

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
      json({
        predictions: [remembered],
        next: request.url.includes("cursor=") ? null : "c2",
        total: 1234,
      }),
    "DELETE /predictions/019ab1c2": () => new Response(null, { status: 204 }),
  });
  const user = userEvent.setup();
  renderPage(<HistoryPage />);
  expect(await screen.findByText("Answers 1 – 1 of 1,234")).toBeDefined();
  await user.click(await screen.findByRole("button", { name: "Older" }));
  expect(await screen.findByText("Page 2")).toBeDefined();
  await waitFor(() =>
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Older" }).disabled).toBe(true),
  );
  expect(asked.some(({ url }) => url.includes("cursor=c2"))).toBe(true);
  await user.selectOptions(screen.getByLabelText("Outcome"), "uncertain");
  expect(await screen.findByText("Page 1")).toBeDefined();
  await waitFor(() =>
    expect(asked.some(({ url }) => url.includes("outcome=uncertain"))).toBe(true),
  );
  expect(location.hash).toContain("outcome=uncertain");
  await user.click(await screen.findByRole("button", { name: /^Delete the answer/ }));
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
  await user.click(await screen.findByRole("button", { name: "Promote b-2" }));
  await user.click(screen.getByRole("button", { name: "Press again to promote" }));
  expect(
    await screen.findByText(/fails: worst group accuracy 0.8000, needs at least 0.8500/),
  ).toBeDefined();
});

test("a registry that does not answer, is damaged or holds broken versions says so", async () => {
  const faulty: Schemas["ModelsAnswer"] = {
    ...models,
    stale: true,
    state_error: "aliases.json is not understood",
    reload_error: "the change was not in service within 30 s",
    broken: { "c-3": "model.onnx is missing", "d-4": "bundle.json describes no bundle" },
  };
  stubService({ "GET /models": () => json(faulty) });
  renderPage(<ModelsPage />);
  const told = (await screen.findAllByRole("alert")).map((one) => one.textContent).join(" ");
  expect(told).toContain("The registry does not answer");
  expect(told).toContain("writes it anew: aliases.json is not understood");
  expect(told).toContain("not in service: the change was not in service within 30 s");
  const broken = within(screen.getByRole("region", { name: "Versions that cannot be used" }));
  expect(broken.getByText(/2 versions cannot be used/)).toBeDefined();
  expect(broken.getAllByRole("listitem").map((one) => one.textContent)).toEqual([
    "c-3: model.onnx is missing",
    "d-4: bundle.json describes no bundle",
  ]);
});

test("a sound registry says nothing of the kind", async () => {
  stubService({ "GET /models": () => json(models) });
  renderPage(<ModelsPage />);
  await screen.findByRole("region", { name: "Versions of the model" });
  expect(screen.queryAllByRole("alert")).toEqual([]);
  expect(screen.queryByRole("region", { name: "Versions that cannot be used" })).toBeNull();
});

test("who it fails for is told in a table, the worst group marked", async () => {
  stubService({ "GET /models": () => json(models) });
  renderPage(<ModelsPage />);
  const table = within(await screen.findByRole("region", { name: "Accuracy by group" }));
  const row = within(table.getByRole("row", { name: /Black/ }));
  expect(row.getByText("least")).toBeDefined();
  expect(row.getByRole("cell", { name: "86.9 – 88.9 %" })).toBeDefined();
  expect(screen.getByText(/Least often right for: Black/)).toBeDefined();
});

test("versions stand side by side as they did in service", async () => {
  const live: Schemas["LiveAnswer"] = {
    pictures: 200,
    outcomes: { classified: 180 },
    uncertain: share(0.04),
    refused: share(0.06),
    mean_confidence: 0.94,
    latency_p50_ms: 14.2,
    latency_p95_ms: 31,
    right: { ...share(0), count: 0 },
    corrections: { right: 0, wrong: 0, undecided: 0 },
  };
  const { asked } = stubService({
    "GET /models": () => json(models),
    "GET /models/compare": () =>
      json({
        history: "on",
        since: "2026-11-14T12:00:00Z",
        versions: [
          { version: "a-1", share: 1, live },
          { version: "b-2", share: null, live: null },
        ],
      }),
  });
  renderPage(<ModelsPage />);
  const table = within(
    await screen.findByRole("region", { name: "Versions in service, side by side" }),
  );
  expect(table.getByRole("cell", { name: "6.0 % (5.0 – 7.0 %)" })).toBeDefined();
  expect(table.getByRole("row", { name: /Right, of what was corrected – –/ })).toBeDefined();
  expect(asked.some(({ url }) => url.includes("versions=a-1%2Cb-2&since=7"))).toBe(true);
});

test("the sample pool says what it holds and is emptied on the second press", async () => {
  const { asked } = stubService({
    "GET /jobs": () => json({ jobs: [], count: 0 }),
    "GET /samples": () => json({ count: 3, labels: { female: 2, male: 1 }, limit: 100 }),
    "DELETE /samples": () => json({ deleted: 3 }),
  });
  const user = userEvent.setup();
  renderPage(<TrainingPage />);
  expect(
    await screen.findByText(/holds 3 of at most 100 pictures: 2 female, 1 male/),
  ).toBeDefined();
  await user.click(screen.getByRole("button", { name: "Remove my pictures" }));
  await user.click(screen.getByRole("button", { name: "Press again to remove them" }));
  expect(await screen.findByText("3 removed.")).toBeDefined();
  expect(asked.find(({ method }) => method === "DELETE")?.url).toContain("all=true");
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
    "GET /jobs/j1": () =>
      json({ ...job, epochs: [epoch(1, 0.7), epoch(2, 0.5)], gates: [], log: ["epoch 2 of 8"] }),
    "DELETE /jobs/j1": () => json(job, 202),
  });
  const user = userEvent.setup();
  renderPage(<TrainingPage />);
  const card = within(
    (await screen.findByText("portraits with small-data")).closest("li") ?? document.body,
  );
  expect(card.getByText("Epoch 2 of 8")).toBeDefined();
  expect(await card.findByText("epoch 2 of 8")).toBeDefined();
  expect(
    card.getByRole("img", { name: "train loss over 2 epochs, 0.5000 at the end" }),
  ).toBeDefined();
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
