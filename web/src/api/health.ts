/** Is the service there, with which model, and how fast does it answer? */
import { useQuery } from "@tanstack/react-query";

import { api } from "./client";
import { asFailure } from "./failure";

export interface Status {
  state: "ready" | "starting" | "degraded" | "down";
  model: string | null;
  latencyMs: number | null;
  /** Answers of a lower confidence are uncertain; null while nothing is known. */
  abstainBelow: number | null;
}

const NOTHING: Status = { state: "down", model: null, latencyMs: null, abstainBelow: null };
const AGAIN_MS = { ready: 5_000, degraded: 5_000, starting: 1_000, down: 3_000 };

export async function askHealth(): Promise<Status> {
  const client = await api();
  const start = performance.now();
  try {
    const { data, response } = await client.GET("/health");
    const latencyMs = performance.now() - start;
    if (response.status === 503) return { ...NOTHING, state: "starting", latencyMs };
    if (!data) return NOTHING;
    const state = data.status === "degraded" ? "degraded" : "ready";
    return { state, model: data.model_version, latencyMs, abstainBelow: data.abstain_below };
  } catch (error) {
    if (asFailure(error).code !== "unreachable") throw error;
    return NOTHING;
  }
}

export function useHealth() {
  return useQuery({
    queryKey: ["health"],
    queryFn: askHealth,
    refetchInterval: ({ state }) => AGAIN_MS[state.data?.state ?? "starting"],
  });
}
