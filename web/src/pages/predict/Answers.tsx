import { useState } from "react";

import { useHealth } from "../../api/health";
import { usePrivateState } from "../../private/state";
import { usePictures } from "../../session/store";
import { arrange, layoutOf, useView } from "../../session/view";
import { t } from "../../words/en";
import { LargeView } from "./LargeView";
import { PictureCard } from "./PictureCard";
import { SessionBar } from "./SessionBar";
import { Tile } from "./Tile";
import { useScrollToNewest } from "./useScrollToNewest";

/** All pictures of this visit, and what can be done with them together. */
export function Answers() {
  const pictures = usePictures();
  const view = useView();
  const [large, setLarge] = useState<number | null>(null);
  const own = useOwnThreshold();
  useScrollToNewest(pictures);
  const shown = arrange(pictures, view);
  const layout = layoutOf(view, pictures.length);
  const opened = pictures.find(({ id }) => id === large);
  const shared = { threshold: view.threshold, limit: view.threshold ?? own };
  return (
    <section aria-label={t.answers} className="answers">
      <SessionBar pictures={pictures} own={own} />
      {shown.length === 0 && <p className="notice">{t.nothingFits}</p>}
      <ul className={layout === "grid" ? "tiles" : "cards"}>
        {shown.map((picture) =>
          layout === "grid" ? (
            <Tile key={picture.id} picture={picture} {...shared} onOpen={setLarge} />
          ) : (
            <PictureCard key={picture.id} picture={picture} {...shared} onOpen={setLarge} />
          ),
        )}
      </ul>
      {opened && (
        <LargeView key={opened.id} picture={opened} {...shared} onClose={() => setLarge(null)} />
      )}
    </section>
  );
}

/** Below which the model that answers is uncertain; null while nothing is known of it. */
function useOwnThreshold(): number | null {
  const served = useHealth().data?.abstainBelow;
  const here = usePrivateState().abstainBelow;
  return served ?? here ?? null;
}
