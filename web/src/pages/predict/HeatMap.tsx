import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";

import { explain, offersHeat } from "../../api/heat";
import { FailureNote } from "../../components/FailureNote";
import type { Picture } from "../../session/types";

interface Props {
  picture: Picture;
  /** Of the faces that were answered for. */
  count: number;
}

/** Shows on demand what spoke for the answer; nothing where the service does not offer it. */
export function HeatMap({ picture, count }: Props) {
  const offered = useQuery({ queryKey: ["heat"], queryFn: offersHeat, staleTime: Infinity });
  const heat = useMutation({
    mutationFn: () => explain(picture.file, picture.name, count > 1 ? "all" : "largest"),
  });
  const url = heat.data;
  useEffect(() => (url ? () => URL.revokeObjectURL(url) : undefined), [url]);
  if (!offered.data) return null;
  return (
    <>
      <button type="button" disabled={heat.isPending} onClick={() => heat.mutate()}>
        {heat.isPending ? "Drawing…" : "Heat map"}
      </button>
      <FailureNote error={heat.error} />
      {url && (
        <figure className="heat">
          <img
            src={url}
            alt={`Heat map of ${picture.name}: the warmer a place, the more it spoke for the answer`}
          />
        </figure>
      )}
    </>
  );
}
