import { describe, expect, test } from "vitest";

import { ApiFailure } from "../../src/api/failure";
import { Slots } from "../../src/session/slots";
import { toCsv, toJson } from "../../src/session/table";
import type { Picture } from "../../src/session/types";
import { classified } from "../answers";

const picture = (name: string, progress: Picture["progress"]): Picture => ({
  id: 1,
  name,
  file: new Blob(),
  options: { faces: "single", place: "service" },
  progress,
});
const answered = picture("a.jpg", { step: "answered", answer: classified, tookMs: 5 });
const failed = picture("b.jpg", {
  step: "failed",
  failure: new ApiFailure(413, "too_small", 'a "small" one, no?'),
});

describe("the session as CSV", () => {
  test("a row each, quoted where needed", () => {
    const [head, first, second, end] = toCsv([answered, failed]).split("\r\n");
    expect(head).toMatch(/^name,place,outcome,/);
    expect(first).toBe("a.jpg,service,classified,male,0.892,0.892,1,default-1,");
    expect(second).toBe('b.jpg,service,too_small,,,,,,"a ""small"" one, no?"');
    expect(end).toBe("");
  });

  test("of several labels each has a column, and attributes follow", () => {
    const probabilities = { a: 0.5, "B c": 0.3, d: 0.2 };
    const attributes = { age_group: { prediction: null, confidence: 0.4, probabilities: {} } };
    const answer = { ...classified, prediction: "a", confidence: 0.5, probabilities, attributes };
    const worded = picture("a.jpg", { step: "answered", answer, tookMs: 5 });
    const [head, first, second] = toCsv([worded, failed]).split("\r\n");
    expect(head).toBe(
      "name,place,outcome,prediction,confidence,probability_a,probability_b_c,probability_d,age_group,age_group_confidence,person_count,model_version,error",
    );
    expect(first).toBe("a.jpg,service,classified,a,0.5,0.5,0.3,0.2,,0.4,1,default-1,");
    expect(second).toMatch(/^b\.jpg,service,too_small,{10}"a/);
  });

  test.each(["=cmd()", "+1", "-1", "@x", "\tx"])("%j is no formula", (name) => {
    expect(toCsv([picture(name, { step: "waiting" })])).toContain(`\r\n'${name},`);
  });
});

test("the session as JSON keeps whole answers", () => {
  const items = JSON.parse(toJson([answered, failed])) as unknown[];
  expect(items).toEqual([
    { name: "a.jpg", place: "service", answer: classified },
    {
      name: "b.jpg",
      place: "service",
      failure: { code: "too_small", detail: 'a "small" one, no?' },
    },
  ]);
});

test("no more tasks at a time than there are slots, and a failure frees its slot", async () => {
  const slots = new Slots(2);
  let running = 0;
  let most = 0;
  const task = async (fails: boolean) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running -= 1;
    if (fails) throw new Error("x");
  };
  const results = await Promise.allSettled(
    [1, 2, 3, 4, 5].map((n) => slots.run(() => task(n === 2))),
  );
  expect(most).toBe(2);
  expect(results.filter(({ status }) => status === "rejected")).toHaveLength(1);
});

test("who is stopped while waiting leaves the line, and the others go on", async () => {
  const slots = new Slots(1);
  const stop = new AbortController();
  let end: () => void = () => undefined;
  const first = slots.run(() => new Promise<void>((resolve) => (end = resolve)));
  const second = slots.run(() => Promise.resolve("second"), stop.signal);
  const third = slots.run(() => Promise.resolve("third"));
  stop.abort();
  await expect(second).rejects.toThrow();
  end();
  await first;
  expect(await third).toBe("third");
});
