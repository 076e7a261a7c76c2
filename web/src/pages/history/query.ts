/** The history, a page at a time. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, unwrap, type Outcome } from "../../api/client";

export interface Filter {
  outcome: Outcome | "";
  /** A label, empty for all. */
  prediction: string;
}

export const PAGE_ROWS = 20;

async function readPage({ outcome, prediction }: Filter, cursor: string | null) {
  const query = {
    limit: PAGE_ROWS,
    total: true,
    ...(outcome && { outcome }),
    ...(prediction && { prediction }),
    ...(cursor && { cursor }),
  };
  return unwrap(await (await api()).GET("/predictions", { params: { query } }));
}

export function useHistory(filter: Filter, cursor: string | null) {
  return useQuery({
    queryKey: ["predictions", filter, cursor],
    queryFn: () => readPage(filter, cursor),
    placeholderData: keepPreviousData,
  });
}

export function useForget() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (id: string) =>
      unwrap(
        await (
          await api()
        ).DELETE("/predictions/{identity}", { params: { path: { identity: id } } }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["predictions"] }),
  });
}

/** The query part of an address that asks for the same rows. */
export function asQuery({ outcome, prediction }: Filter): string {
  const parts = Object.entries({ outcome, prediction }).filter(([, value]) => value);
  return parts.length > 0 ? `?${new URLSearchParams(parts).toString()}` : "";
}
