import { useState } from "react";

import { isPicture } from "../../api/formats";
import { save } from "../../api/save";
import { useOwnDrops } from "../../session/drops";
import { useOptions } from "../../session/options";
import { t } from "../../words/en";
import { askAll, stopAsking, useAsking } from "./ask";
import { toLabelStudio, toTrainingCsv } from "./exports";
import { Figures } from "./Figures";
import { addPhotos, addTold, leastSureFirst, startOver, useDataSet, type Item } from "./items";
import { Opener } from "./Opener";
import { PhotoWall } from "./PhotoWall";
import { isReport, readReport } from "./report";
import { Review } from "./Review";
import { freeThumbs } from "./thumbs";

/** A folder of photos, what a model says of them, and a person's corrections. */
export default function DatasetPage() {
  const set = useDataSet();
  const [fault, setFault] = useState("");
  const take = (files: File[]) => void addAll(files).then(setFault);
  useOwnDrops(take);
  return (
    <>
      <h1>{t.dataset.title}</h1>
      <p className="lead">{t.dataset.lead}</p>
      <Opener small={set.items.length > 0} onFiles={take} />
      {fault && (
        <p className="notice bad" role="alert">
          {fault}
        </p>
      )}
      {set.items.length > 0 && <Loop />}
    </>
  );
}

/** Adds photos and tables; says what could not be read. */
async function addAll(files: File[]): Promise<string> {
  addPhotos(files.filter(isPicture));
  for (const file of files.filter(isReport)) {
    try {
      addTold(await readReport(file));
    } catch (error) {
      return t.dataset.badReport(file.name, error instanceof Error ? error.message : "");
    }
  }
  return "";
}

/** The curator's loop: ask, look, correct, hand on. */
function Loop() {
  const set = useDataSet();
  const { items, corrections } = set;
  // The order is fixed while a review goes on, else answers would move photos under its hands.
  const [review, setReview] = useState<{ order: Item[]; start: string } | null>(null);
  const corrected = Object.keys(corrections).length;
  const begin = (start?: string) => {
    const order = leastSureFirst(items);
    const first = order.find(({ uri }) => !corrections[uri]) ?? order[0];
    setReview({ order, start: start ?? first?.uri ?? "" });
  };
  const download = (text: string, name: string) => save(new Blob([text]), name);
  return (
    <>
      <Asking />
      <Figures items={items} />
      <div className="actions tools-row">
        <button type="button" className="primary" onClick={() => begin()}>
          {t.dataset.review}
        </button>
        <button
          type="button"
          disabled={corrected === 0}
          onClick={() => download(toTrainingCsv(set), "corrections.csv")}
        >
          {t.dataset.exportCsv}
        </button>
        <button
          type="button"
          disabled={corrected === 0}
          onClick={() => download(toLabelStudio(set), "corrections.label-studio.json")}
        >
          {t.dataset.exportStudio}
        </button>
        <button
          type="button"
          onClick={() => {
            stopAsking();
            startOver();
            freeThumbs();
          }}
        >
          {t.dataset.startOver}
        </button>
        <span className="quiet">{t.dataset.reviewed(corrected, items.length)}</span>
      </div>
      {review && (
        <Review
          key={review.start}
          items={review.order}
          corrections={corrections}
          start={review.start}
          onClose={() => setReview(null)}
        />
      )}
      <PhotoWall
        items={leastSureFirst(items)}
        corrections={corrections}
        onOpen={({ uri }) => begin(uri)}
      />
    </>
  );
}

function Asking() {
  const { items } = useDataSet();
  const asking = useAsking() !== null;
  const options = useOptions();
  const here = items.filter(({ file }) => file);
  const open = here.filter(({ told }) => !told).length;
  if (open === 0) return null;
  const done = here.length - open;
  return (
    <div className="actions tools-row">
      {asking ? (
        <>
          <button type="button" onClick={stopAsking}>
            {t.dataset.stop}
          </button>
          <progress
            aria-label={t.dataset.asked(done, here.length)}
            value={done}
            max={here.length}
          />
          <span>{t.dataset.asked(done, here.length)}</span>
        </>
      ) : (
        <button type="button" className="primary" onClick={() => void askAll(options)}>
          {t.dataset.ask(open)}
        </button>
      )}
    </div>
  );
}
