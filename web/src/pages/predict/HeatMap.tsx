import { useMutation } from "@tanstack/react-query";
import { useEffect } from "react";

import { explain } from "../../api/heat";
import { FailureNote } from "../../components/FailureNote";
import type { Picture } from "../../session/types";
import { t } from "../../words/en";

interface Props {
  picture: Picture;
  /** Of the faces that were answered for. */
  count: number;
}

/** Shows on demand what spoke for the answer, and goes when it is asked to. */
export function HeatMap({ picture, count }: Props) {
  const heat = useMutation({
    mutationFn: () => explain(picture.file, picture.name, count > 1 ? "all" : "largest"),
  });
  const url = heat.data;
  useEffect(() => (url ? () => URL.revokeObjectURL(url) : undefined), [url]);
  const words = heat.isPending ? t.heat.drawing : t.heat.show;
  return (
    <>
      <button
        type="button"
        aria-expanded={Boolean(url)}
        aria-label={t.named(words, picture.name)}
        disabled={heat.isPending}
        onClick={() => (url ? heat.reset() : heat.mutate())}
      >
        {words}
      </button>
      <FailureNote error={heat.error} />
      {url && (
        <figure className="heat">
          <img src={url} alt={t.heat.alt(picture.name)} />
          <figcaption>
            <span className="legend">
              {t.heat.little} <span className="scale" aria-hidden="true" /> {t.heat.much}
            </span>
            {count > 1 && <span>{t.heat.first}</span>}
            <button type="button" onClick={heat.reset}>
              {t.close}
            </button>
          </figcaption>
        </figure>
      )}
    </>
  );
}
