/** Versions of the model, and what may be done with them. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, unwrap, type Schemas } from "../../api/client";

export type Models = Schemas["ModelsAnswer"];
const KEY = ["models"];

export function useModels() {
  return useQuery({
    queryKey: KEY,
    queryFn: async () => unwrap(await (await api()).GET("/models")),
    refetchInterval: 10_000,
  });
}

/** How versions did in service. */
export function useComparison(versions: string[], since: number) {
  return useQuery({
    queryKey: [...KEY, "compare", versions, since],
    queryFn: async () =>
      unwrap(
        await (
          await api()
        ).GET("/models/compare", { params: { query: { versions: versions.join(), since } } }),
      ),
    refetchInterval: 30_000,
  });
}

/** An action after which the list of models is read again. */
function useAction<Input>(act: (input: Input) => Promise<unknown>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  });
}

export interface Promotion {
  version: string;
  /** Why the gates are overruled; without it they decide. */
  reason?: string;
}

export const usePromote = () =>
  useAction(async ({ version, reason }: Promotion) =>
    unwrap(
      await (
        await api()
      ).POST("/models/{version}/promote", {
        params: { path: { version } },
        body: reason ? { force: true, reason } : null,
      }),
    ),
  );

export const useRollback = () =>
  useAction(async () => unwrap(await (await api()).POST("/models/rollback")));

export const useTraffic = () =>
  useAction(async (weights: Record<string, number>) =>
    unwrap(await (await api()).PUT("/models/traffic", { body: { weights } })),
  );
