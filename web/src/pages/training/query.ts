/** Retraining jobs. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, unwrap, type Schemas } from "../../api/client";

export type Job = Schemas["JobAnswer"];
const KEY = ["jobs"];
const BUSY_MS = 1500;
const IDLE_MS = 15_000;

export function isRunning({ state }: Pick<Job, "state">): boolean {
  return state === "queued" || state === "running";
}

export function useJobs() {
  return useQuery({
    queryKey: KEY,
    queryFn: async () => unwrap(await (await api()).GET("/jobs")),
    refetchInterval: ({ state }) => (state.data?.jobs.some(isRunning) ? BUSY_MS : IDLE_MS),
  });
}

export function useJob(id: string, running: boolean) {
  return useQuery({
    queryKey: [...KEY, id, running],
    queryFn: async () =>
      unwrap(await (await api()).GET("/jobs/{job_id}", { params: { path: { job_id: id } } })),
    refetchInterval: running ? BUSY_MS : false,
  });
}

export function useRetrain() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (request: Partial<Schemas["RetrainRequest"]>) =>
      unwrap(await (await api()).POST("/retrain", { body: { promote: true, ...request } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
  });
}

export function useCancel() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (id: string) =>
      unwrap(await (await api()).DELETE("/jobs/{job_id}", { params: { path: { job_id: id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
  });
}

/** The sample pool: pictures for the next training. */
export const POOL = ["pool"];

export function usePool() {
  return useQuery({
    queryKey: POOL,
    queryFn: async () => unwrap(await (await api()).GET("/samples")),
  });
}

export function useEmptyPool() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async () =>
      unwrap(await (await api()).DELETE("/samples", { params: { query: { all: true } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: POOL }),
  });
}
