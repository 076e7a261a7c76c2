/** Is the service there, with which model, and how fast does it answer? */
import { useQuery } from "@tanstack/react-query";

import { api } from "./client";
import { asFailure } from "./failure";

export interface Status {
  state: "ready" | "starting" | "degraded" | "down";
  model: string | null;
  latencyMs: number | null;
}

const AGAIN_MS = { ready: 5_000, degraded: 5_000, starting: 1_000, down: 3_000 };

export async function askHealth(): Promise<Status> {
  const client = await api();
  const start = performance.now();
  try {
    const { data, response } = await client.GET("/health");
    const latencyMs = performance.now() - start;
    if (response.status === 503) return { state: "starting", model: null, latencyMs };
    if (!data) return { state: "down", model: null, latencyMs: null };
    const state = data.status === "degraded" ? "degraded" : "ready";
    return { state, model: data.model_version, latencyMs };
  } catch (error) {
    if (asFailure(error).code !== "unreachable") throw error;
    return { state: "down", model: null, latencyMs: null };
  }
}

export function useHealth() {
  return useQuery({
    queryKey: ["health"],
    queryFn: askHealth,
    refetchInterval: ({ state }) => AGAIN_MS[state.data?.state ?? "starting"],
  });
}
