import { useMutation } from "@tanstack/react-query";
import { useEffect } from "react";

import { explain } from "../../api/heat";
import { FailureNote } from "../../components/FailureNote";
import { copyOf } from "../../session/send";
import type { Picture } from "../../session/types";
import { t } from "../../words/en";

const MOST_FACES = 8;

interface Props {
  picture: Picture;
  /** Of the faces that were answered for. */
  count: number;
}

/** Shows on demand what spoke for the answer, and goes when it is asked to. */
export function HeatMap({ picture, count }: Props) {
  const heat = useMutation({
    mutationFn: () => drawEach(picture, count),
  });
  const urls = heat.data;
  useEffect(() => () => urls?.forEach((url) => URL.revokeObjectURL(url)), [urls]);
  const words = heat.isPending ? t.heat.drawing : t.heat.show;
  return (
    <>
      <button
        type="button"
        aria-expanded={Boolean(urls)}
        aria-label={t.named(words, picture.name)}
        disabled={heat.isPending}
        onClick={() => (urls ? heat.reset() : heat.mutate())}
      >
        {words}
      </button>
      <FailureNote error={heat.error} />
      {urls && (
        <figure className="heat">
          <div className="heats">
            {urls.map((url, index) => (
              <div key={url}>
                <img src={url} alt={t.heat.alt(picture.name, count > 1 ? index + 1 : 0)} />
                {count > 1 && <span aria-hidden="true">{t.face(index + 1)}</span>}
              </div>
            ))}
          </div>
          <figcaption>
            <span className="legend">
              {t.heat.little} <span className="scale" aria-hidden="true" /> {t.heat.much}
            </span>
            {count > urls.length && <span>{t.heat.first(urls.length)}</span>}
            <button type="button" onClick={heat.reset}>
              {t.close}
            </button>
          </figcaption>
        </figure>
      )}
    </>
  );
}

/** One after the other: the service has other pictures to answer, too. */
async function drawEach(picture: Picture, count: number): Promise<string[]> {
  const faces = count > 1 ? "all" : "largest";
  const { file } = await copyOf(picture.file, picture.options.smaller);
  const urls: string[] = [];
  for (let face = 1; face <= Math.min(count, MOST_FACES); face += 1)
    urls.push(await explain(file, picture.name, faces, face));
  return urls;
}
