/** What this installation can do, and what the key in use may. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { api, unwrap, type Schemas } from "./client";
import { apiRoot } from "./config";
import { failureOf, unreachable } from "./failure";
import { useHealth } from "./health";
import { useKey } from "./key";
import { usePrivateState } from "../private/state";

export type Capabilities = Schemas["Capabilities"];
export type KeyCapabilities = Schemas["KeyCapabilities"];
export type Head = Schemas["HeadAnswer"];

const AGAIN_MS = 60_000;
const NO_HEADS: readonly Head[] = [];
const NO_LABELS: readonly string[] = [];

/** Undefined until it is known, and where no service answers; asked anew for another model. */
export function useCapabilities(): Capabilities | undefined {
  const model = useHealth().data?.model ?? null;
  const { data } = useQuery({
    queryKey: ["capabilities", model],
    queryFn: async () => unwrap(await (await api()).GET("/capabilities")),
    placeholderData: keepPreviousData,
    staleTime: AGAIN_MS,
  });
  return data;
}

/** What the model answers: *the* answer first, then its attributes; none while nothing is known. */
export function useHeads(): readonly Head[] {
  return useCapabilities()?.heads ?? NO_HEADS;
}

/** The words of the answer, by the service or by the model on this device; none while unknown. */
export function useLabels(): readonly string[] {
  const here = usePrivateState().labels;
  return useHeads()[0]?.labels ?? here ?? NO_LABELS;
}

export function useKeyCapabilities() {
  const key = useKey();
  return useQuery({
    queryKey: ["capabilities", "key", key],
    queryFn: async () => unwrap(await (await api()).GET("/capabilities/key")),
    staleTime: AGAIN_MS,
  });
}

/** Whether models may be promoted and traffic split; assumed while nothing is known. */
export function useIsAdmin(): boolean {
  return useKeyCapabilities().data?.scopes.includes("admin") ?? true;
}

/** What a key opens, asked before it is used; throws an ApiFailure where it opens nothing. */
export async function tryKey(key: string): Promise<KeyCapabilities> {
  const address = new URL("capabilities/key", await apiRoot());
  const headers = { Authorization: `Bearer ${key}` };
  const answer = await fetch(address, { headers }).catch(() => {
    throw unreachable();
  });
  const body: unknown = await answer.json().catch(() => null);
  if (!answer.ok) throw failureOf(answer.status, body);
  return body as KeyCapabilities;
}
