import { lazy, Suspense, useEffect, useState } from "react";

import { LABELS } from "../../api/labels";
import { prepare } from "../../private/device";
import { addFiles } from "../../session/judge";
import { usePictures } from "../../session/store";
import { useWish, writeWish } from "../../session/wish";
import { t } from "../../words/en";
import { Answers } from "./Answers";
import { DropZone } from "./DropZone";
import { Options } from "./Options";
import { ResponsibleUse } from "./ResponsibleUse";
import { Samples } from "./Samples";
import { UndoBar } from "./UndoBar";

const Camera = lazy(() => import("./Camera"));

/** Before a photo is chosen: how to choose one. After it: what was answered, the rest folded away. */
export function PredictPage() {
  const chosen = usePictures().length > 0;
  const wish = useWish();
  const [camera, setCamera] = useState(false);
  const add = (files: Iterable<File>) => addFiles(files, wish);
  useEffect(() => {
    if (wish.place === "device") void prepare();
  }, [wish.place]);
  const options = (
    <>
      <Options wish={wish} onChange={writeWish} />
      <ResponsibleUse />
    </>
  );
  return (
    <div className={chosen ? "predict with-photos" : "predict"}>
      <h1>{t.title}</h1>
      <UndoBar />
      {!chosen && <p className="lead">{t.lead(LABELS)}</p>}
      <DropZone small={chosen} onFiles={add} camera={camera} onCamera={() => setCamera(!camera)} />
      {camera && (
        <Suspense>
          <Camera faces={wish.faces} onPhoto={(photo) => add([photo])} />
        </Suspense>
      )}
      {chosen ? (
        <details className="fold">
          <summary>{t.optionsAndMeaning}</summary>
          {options}
        </details>
      ) : (
        <>
          <Samples onFile={(file) => add([file])} />
          {options}
        </>
      )}
      {chosen && <Answers />}
    </div>
  );
}
