import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { ApiFailure } from "../../src/api/failure";
import type { Answer, Schemas } from "../../src/api/client";
import * as upload from "../../src/api/upload";
import { Options } from "../../src/pages/predict/Options";
import { PredictPage } from "../../src/pages/predict/PredictPage";
import { forgetRemoved } from "../../src/session/store";
import { clear } from "../../src/session/judge";
import { capabilities, classified, crowd, face } from "../answers";
import { readOptions, writeOptions } from "../../src/session/options";
import { changeView } from "../../src/session/view";
import { json, stubService } from "../api/service";
import { renderPage } from "../render";

const file = (name: string) => new File(["x"], name, { type: "image/jpeg" });
const predict = vi.spyOn(upload, "predict");
const judged = (answer: Answer) => ({ answer, tookMs: 12 });

/** As a request does: it ends when it is stopped. */
function hang(signal?: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(new ApiFailure(0, "aborted", "Stopped.")));
  });
}

beforeEach(() => {
  stubService({});
});
afterEach(() => {
  clear();
  forgetRemoved();
  changeView({ threshold: null });
  predict.mockReset();
});

async function choose(...files: File[]) {
  const user = userEvent.setup();
  renderPage(<PredictPage />);
  await user.upload(screen.getByLabelText("Browse for photos"), files);
  return user;
}

test("a label, its confidence and both probabilities", async () => {
  predict.mockResolvedValue(judged(classified));
  await choose(file("me.jpg"));
  expect(await screen.findByText("Looks male, 89.2 % sure")).toBeDefined();
  expect(
    screen.getByRole("meter", { name: "Probability of female" }).getAttribute("aria-valuenow"),
  ).toBe("0.108");
  expect(screen.getByText("1 of 1 photo done")).toBeDefined();
  expect(screen.queryByRole("button", { name: /^Heat map/ })).toBeNull();
});

test("several at once; one that fails costs the others nothing and can be tried again", async () => {
  predict.mockImplementation((_, name) =>
    name === "b.jpg"
      ? Promise.reject(new ApiFailure(500, "internal_error", "broken"))
      : Promise.resolve(judged(classified)),
  );
  const user = await choose(file("a.jpg"), file("b.jpg"), file("c.jpg"));
  expect(await screen.findByText("The service failed")).toBeDefined();
  await waitFor(() => expect(screen.getAllByText(/Looks male/)).toHaveLength(2));
  predict.mockResolvedValue(judged(classified));
  await user.click(screen.getByRole("button", { name: /^Try again/ }));
  await waitFor(() => expect(screen.getAllByText(/Looks male/)).toHaveLength(3));
});

test("a busy service is asked again without being told to", async () => {
  predict.mockRejectedValueOnce(new ApiFailure(503, "overloaded", "busy"));
  predict.mockResolvedValue(judged(classified));
  await choose(file("a.jpg"));
  expect(await screen.findByText(/Waiting for its turn/)).toBeDefined();
  expect(await screen.findByText(/Looks male/)).toBeDefined();
  expect(predict).toHaveBeenCalledTimes(2);
});

test("a crowd is asked about on its card, and every face is answered", async () => {
  predict.mockResolvedValue(judged(crowd));
  const user = await choose(file("crowd.jpg"));
  expect(await screen.findByText("Several people")).toBeDefined();
  expect(screen.getByRole("button", { name: "The largest face: crowd.jpg" })).toBeDefined();
  predict.mockResolvedValue(judged({ ...classified, faces: [face, face], person_count: 2 }));
  await user.click(screen.getByRole("button", { name: "Each face: crowd.jpg" }));
  expect(await screen.findByText("2 faces")).toBeDefined();
  expect(predict).toHaveBeenLastCalledWith(
    expect.anything(),
    "crowd.jpg",
    { faces: "all" },
    expect.anything(),
  );
});

test("a weak answer leans, a strong one looks", async () => {
  const weak = { ...face, confidence: 0.603, probabilities: { male: 0.397, female: 0.603 } };
  const faces = [{ ...weak, prediction: "female" } as const];
  predict.mockResolvedValue(
    judged({ ...classified, prediction: "female", confidence: 0.603, faces }),
  );
  await choose(file("weak.jpg"));
  expect(await screen.findByText("Leans female, 60.3 % sure")).toBeDefined();
});

test("corrections and heat maps are not shown where they do not work", async () => {
  stubService({
    "GET /capabilities": () => json({ ...capabilities, feedback: false, heat_maps: false }),
  });
  predict.mockResolvedValue(judged(classified));
  await choose(file("me.jpg"));
  expect(await screen.findByText(/Looks male/)).toBeDefined();
  expect(screen.queryByText("That’s wrong")).toBeNull();
  expect(screen.queryByRole("button", { name: /^Heat map/ })).toBeNull();
});

test("what another threshold would do is shown on the card and counted", async () => {
  stubService({ "GET /health": () => json({ status: "healthy", abstain_below: 0.55 }) });
  predict.mockResolvedValue(judged(classified));
  await choose(file("a.jpg"), file("b.jpg"));
  const slider = await screen.findByRole("slider", { name: /Uncertain below/ });
  fireEvent.change(slider, { target: { value: "0.95" } });
  expect(screen.getAllByText("Uncertain")).toHaveLength(2);
  fireEvent.change(slider, { target: { value: "0.6" } });
  expect(screen.getAllByText(/Looks male/)).toHaveLength(2);
});

test("clear ends what is under way, sends nothing more, and can be undone", async () => {
  const signals: AbortSignal[] = [];
  predict.mockImplementation((_, __, ___, watch) => {
    if (watch?.signal) signals.push(watch.signal);
    return hang(watch?.signal);
  });
  const user = await choose(...["a", "b", "c", "d", "e"].map((name) => file(`${name}.jpg`)));
  await waitFor(() => expect(signals).toHaveLength(3));
  await user.click(screen.getByRole("button", { name: "Clear" }));
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true]);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(predict).toHaveBeenCalledTimes(3);
  predict.mockResolvedValue(judged(classified));
  await user.click(screen.getByRole("button", { name: "Undo" }));
  await waitFor(() => expect(screen.getAllByText(/Looks male/)).toHaveLength(5));
  expect(screen.getAllByRole("heading", { level: 2 }).map((one) => one.textContent)).toEqual(
    ["a", "b", "c", "d", "e"].map((name) => `${name}.jpg`),
  );
});

test("all that failed are tried again at once", async () => {
  predict.mockRejectedValue(new ApiFailure(500, "internal_error", "broken"));
  const user = await choose(file("a.jpg"), file("b.jpg"));
  await waitFor(() => expect(screen.getAllByText("The service failed")).toHaveLength(2));
  predict.mockResolvedValue(judged(classified));
  await user.click(screen.getByRole("button", { name: "Retry all failed (2)" }));
  await waitFor(() => expect(screen.getAllByText(/Looks male/)).toHaveLength(2));
});

test("an uncertain answer says so and still shows the probabilities", async () => {
  const unsure = { ...face, outcome: "uncertain", prediction: null } as const;
  predict.mockResolvedValue(
    judged({ ...classified, outcome: "uncertain", prediction: null, faces: [unsure] }),
  );
  await choose(file("who.jpg"));
  expect(await screen.findByText("Uncertain")).toBeDefined();
  expect(screen.getAllByRole("meter")).toHaveLength(2);
});

test("progress of the upload is shown", async () => {
  predict.mockImplementation((_, __, ___, watch) => {
    watch?.onProgress?.(0.4);
    return hang(watch?.signal);
  });
  await choose(file("slow.jpg"));
  const bar = await screen.findByRole("progressbar", { name: /Sending/ });
  expect(bar.getAttribute("value")).toBe("0.4");
});

test("a heat map is offered where the service has one", async () => {
  stubService({ "GET /capabilities": () => json(capabilities) });
  predict.mockResolvedValue(judged(classified));
  await choose(file("me.jpg"));
  expect(await screen.findByRole("button", { name: "Heat map: me.jpg" })).toBeDefined();
});

test("feedback is sent under the answer's id, the label alone", async () => {
  const { asked } = stubService({
    "GET /capabilities": () => json(capabilities),
    "POST /predictions/019ab1c2/feedback": () =>
      json({ id: "019ab1c2", label: "female", sample: null }),
  });
  predict.mockResolvedValue(judged(classified));
  const user = await choose(file("me.jpg"));
  await user.click(await screen.findByText("That’s wrong"));
  await user.click(screen.getByRole("button", { name: /would say female/ }));
  expect(await screen.findByText(/Noted: people would say female/)).toBeDefined();
  expect(await asked.find(({ method }) => method === "POST")?.json()).toEqual({ label: "female" });
});

const heads: Schemas["HeadAnswer"][] = [
  { name: "style", labels: ["feminine", "masculine", "androgynous"], kind: "categorical" },
  { name: "age_group", labels: ["child", "adult", "old"], kind: "ordinal" },
];
const said = {
  prediction: "androgynous",
  confidence: 0.85,
  probabilities: { feminine: 0.1, masculine: 0.05, androgynous: 0.85 },
};
const styled: Answer = { ...classified, ...said };
const styledFace = { ...face, ...said };

test("other words: a bar for each label, the likeliest first, and buttons to correct", async () => {
  stubService({ "GET /capabilities": () => json({ ...capabilities, heads: heads.slice(0, 1) }) });
  predict.mockResolvedValue(judged({ ...styled, faces: [styledFace] }));
  const user = await choose(file("me.jpg"));
  expect(await screen.findByText("Looks androgynous, 85.0 % sure")).toBeDefined();
  const bars = screen.getAllByRole("meter").map((bar) => bar.getAttribute("aria-label"));
  expect(bars).toEqual(
    ["androgynous", "feminine", "masculine"].map((one) => `Probability of ${one}`),
  );
  await user.click(await screen.findByText("That’s wrong"));
  expect(screen.getAllByRole("button", { name: /would say/ })).toHaveLength(3);
  expect(screen.queryByRole("switch", { name: /Also estimate/ })).toBeNull();
});

test("a further head is asked where its switch is on, and told in a line", async () => {
  stubService({ "GET /capabilities": () => json({ ...capabilities, heads }) });
  const attributes = { age_group: { prediction: "adult", confidence: 0.54, probabilities: {} } };
  predict.mockResolvedValue(judged({ ...styled, faces: [{ ...styledFace, attributes }] }));
  const user = userEvent.setup();
  renderPage(<PredictPage />);
  expect(await screen.findByText(/answers feminine, masculine, androgynous or/)).toBeDefined();
  const also = await screen.findByRole("switch", { name: "Also estimate the age group" });
  expect(also).toHaveProperty("checked", false);
  expect(screen.getByText(/proves nobody’s age/)).toBeDefined();
  await user.click(also);
  await user.upload(screen.getByLabelText("Browse for photos"), file("me.jpg"));
  expect(await screen.findByText("Age group: adult, 54.0 % sure")).toBeDefined();
  expect(predict.mock.lastCall?.[2]).toEqual({ faces: "single", attributes: ["age_group"] });
  writeOptions({ faces: "single", place: "service" });
});

test("a switch goes with the model that offered it", async () => {
  writeOptions({ faces: "single", place: "service", attributes: ["age_group", "gone"] });
  stubService({ "GET /capabilities": () => json({ ...capabilities, heads }) });
  renderPage(<PredictPage />);
  await waitFor(() => expect(readOptions().attributes).toEqual(["age_group"]));
  writeOptions({ faces: "single", place: "service" });
});

test("on this device there are no further heads, and that is said", async () => {
  stubService({ "GET /capabilities": () => json({ ...capabilities, heads }) });
  const change = vi.fn();
  renderPage(<Options options={{ faces: "single", place: "device" }} onChange={change} />);
  expect(await screen.findByText(/On this device there are no further estimates/)).toBeDefined();
  expect(screen.queryByRole("switch", { name: /Also estimate/ })).toBeNull();
});
