import { lazy, Suspense, useEffect, useState } from "react";

import { useLabels } from "../../api/capabilities";
import { prepare } from "../../private/device";
import { addFiles } from "../../session/judge";
import { usePictures } from "../../session/store";
import { useOptions, writeOptions } from "../../session/options";
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
  const options = useOptions();
  const labels = useLabels();
  const [camera, setCamera] = useState(false);
  const add = (files: Iterable<File>) => addFiles(files, options);
  useEffect(() => {
    if (options.place === "device") void prepare();
  }, [options.place]);
  const controls = (
    <>
      <Options options={options} onChange={writeOptions} />
      <ResponsibleUse />
    </>
  );
  return (
    <div className={chosen ? "predict with-photos" : "predict"}>
      <h1>{t.title}</h1>
      <UndoBar />
      {!chosen && <p className="lead">{t.lead(labels)}</p>}
      <DropZone small={chosen} onFiles={add} camera={camera} onCamera={() => setCamera(!camera)} />
      {camera && (
        <Suspense>
          <Camera faces={options.faces} onPhoto={(photo) => add([photo])} />
        </Suspense>
      )}
      {chosen ? (
        <details className="fold">
          <summary>{t.optionsAndMeaning}</summary>
          {controls}
        </details>
      ) : (
        <>
          <Samples onFile={(file) => add([file])} />
          {controls}
        </>
      )}
      {chosen && <Answers />}
    </div>
  );
}
