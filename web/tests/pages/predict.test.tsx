import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { ApiFailure } from "../../src/api/failure";
import * as upload from "../../src/api/upload";
import { PredictPage } from "../../src/pages/predict/PredictPage";
import { clearPictures } from "../../src/session/store";
import { classified, crowd, face } from "../answers";
import { json, stubService } from "../api/service";
import { renderPage } from "../render";

const file = (name: string) => new File(["x"], name, { type: "image/jpeg" });
const predict = vi.spyOn(upload, "predict");

beforeEach(() => {
  stubService({ "GET /openapi.json": () => json({ paths: {} }) });
});
afterEach(() => {
  clearPictures();
  predict.mockReset();
});

async function choose(...files: File[]) {
  const user = userEvent.setup();
  renderPage(<PredictPage />);
  await user.upload(screen.getByLabelText("Browse for photos"), files);
  return user;
}

test("a label, its confidence and both probabilities", async () => {
  predict.mockResolvedValue(classified);
  await choose(file("me.jpg"));
  expect(await screen.findByText("Looks male, 89.2 % sure")).toBeDefined();
  expect(
    screen.getByRole("meter", { name: "Probability of female" }).getAttribute("aria-valuenow"),
  ).toBe("0.108");
  expect(screen.getByText("1 of 1 photo done")).toBeDefined();
  expect(screen.queryByRole("button", { name: "Heat map" })).toBeNull();
});

test("several at once; one that fails costs the others nothing and can be tried again", async () => {
  predict.mockImplementation((_, name) =>
    name === "b.jpg"
      ? Promise.reject(new ApiFailure(500, "internal_error", "broken"))
      : Promise.resolve(classified),
  );
  const user = await choose(file("a.jpg"), file("b.jpg"), file("c.jpg"));
  expect(await screen.findByText("The service failed")).toBeDefined();
  await waitFor(() => expect(screen.getAllByText(/Looks male/)).toHaveLength(2));
  predict.mockResolvedValue(classified);
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(screen.getAllByText(/Looks male/)).toHaveLength(3));
});

test("a busy service is asked again without being told to", async () => {
  predict.mockRejectedValueOnce(new ApiFailure(503, "overloaded", "busy"));
  predict.mockResolvedValue(classified);
  await choose(file("a.jpg"));
  expect(await screen.findByText(/Waiting for its turn/)).toBeDefined();
  expect(await screen.findByText(/Looks male/)).toBeDefined();
  expect(predict).toHaveBeenCalledTimes(2);
});

test("a crowd is refused in words; tried again as chosen, every face is answered", async () => {
  predict.mockResolvedValue(crowd);
  const user = await choose(file("crowd.jpg"));
  expect(await screen.findByText("Several people")).toBeDefined();
  expect(screen.getByText(/Crop the photo/)).toBeDefined();
  predict.mockResolvedValue({ ...classified, faces: [face, face], person_count: 2 });
  await user.selectOptions(screen.getByLabelText(/Several people/), "all");
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("2 faces")).toBeDefined();
  expect(predict).toHaveBeenLastCalledWith(
    expect.anything(),
    "crowd.jpg",
    "all",
    expect.anything(),
  );
});

test("an uncertain answer says so and still shows the probabilities", async () => {
  const unsure = { ...face, outcome: "uncertain", prediction: null } as const;
  predict.mockResolvedValue({
    ...classified,
    outcome: "uncertain",
    prediction: null,
    faces: [unsure],
  });
  await choose(file("who.jpg"));
  expect(await screen.findByText("Uncertain")).toBeDefined();
  expect(screen.getAllByRole("meter")).toHaveLength(2);
});

test("progress of the upload is shown", async () => {
  predict.mockImplementation((_, __, ___, watch) => {
    watch?.onProgress?.(0.4);
    return new Promise(() => undefined);
  });
  await choose(file("slow.jpg"));
  const bar = await screen.findByRole("progressbar", { name: /Sending/ });
  expect(bar.getAttribute("value")).toBe("0.4");
});

test("a heat map is offered where the service has one", async () => {
  stubService({ "GET /openapi.json": () => json({ paths: { "/explain": {} } }) });
  predict.mockResolvedValue(classified);
  await choose(file("me.jpg"));
  expect(await screen.findByRole("button", { name: "Heat map" })).toBeDefined();
});

test("feedback is sent under the answer's id, the label alone", async () => {
  const { asked } = stubService({
    "POST /predictions/019ab1c2/feedback": () =>
      json({ id: "019ab1c2", label: "female", sample: null }),
  });
  predict.mockResolvedValue(classified);
  const user = await choose(file("me.jpg"));
  await user.click(await screen.findByText("That’s wrong"));
  await user.click(screen.getByRole("button", { name: /would say female/ }));
  expect(await screen.findByText(/Noted: people would say female/)).toBeDefined();
  expect(await asked.find(({ method }) => method === "POST")?.json()).toEqual({ label: "female" });
});
