/** "That's wrong": the label that annotators would give. */
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "./client";

async function correct(id: string, label: string) {
  const client = await api();
  return unwrap(
    await client.POST("/predictions/{identity}/feedback", {
      params: { path: { identity: id } },
      body: { label },
    }),
  );
}

export function useCorrection(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (label: string) => correct(id, label),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["predictions"] }),
  });
}
