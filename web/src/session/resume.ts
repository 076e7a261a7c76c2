/** What failed for want of the service or of a key goes on by itself when that is back. */
import { useEffect } from "react";

import { useHealth } from "../api/health";
import { useKey } from "../api/key";
import { judge } from "./judge";
import { readPictures } from "./store";
import type { Picture } from "./types";

const OUT_OF_REACH = new Set(["unreachable", "not_ready", "overloaded"]);
const SHUT_OUT = new Set(["invalid_key", "forbidden"]);

export function useGoingOn(): void {
  const state = useHealth().data?.state;
  const isUp = state === "ready" || state === "degraded";
  const key = useKey();
  useEffect(() => {
    if (isUp) retry(OUT_OF_REACH);
  }, [isUp]);
  useEffect(() => {
    if (key) retry(SHUT_OUT);
  }, [key]);
}

function retry(codes: ReadonlySet<string>): void {
  for (const picture of readPictures()) if (failedBy(picture, codes)) void judge(picture);
}

function failedBy({ progress, options }: Picture, codes: ReadonlySet<string>): boolean {
  return (
    progress.step === "failed" && options.place === "service" && codes.has(progress.failure.code)
  );
}
