import { useEffect, useState } from "react";

import { prepare } from "../../private/device";
import { addFiles, judge } from "../../session/judge";
import { usePictures } from "../../session/store";
import { useWish, writeWish } from "../../session/wish";
import { Camera } from "./Camera";
import { DropZone } from "./DropZone";
import { Options } from "./Options";
import { PictureCard } from "./PictureCard";
import { ResponsibleUse } from "./ResponsibleUse";
import { SessionBar } from "./SessionBar";
import { useFilesFromAnywhere } from "./useFilesFromAnywhere";

export function PredictPage() {
  const pictures = usePictures();
  const wish = useWish();
  const [camera, setCamera] = useState(false);
  const add = (files: Iterable<File>) => void addFiles(files, wish);
  useEffect(() => {
    if (wish.place === "device") void prepare();
  }, [wish.place]);
  const hovering = useFilesFromAnywhere(add);
  return (
    <>
      <h1>How does the face in a photo look to a model?</h1>
      <p className="lead">
        It learnt from people’s labels, answers male, female or “uncertain”, and says how sure it
        is.
      </p>
      <DropZone
        hovering={hovering}
        onFiles={add}
        camera={camera}
        onCamera={() => setCamera(!camera)}
      />
      {camera && (
        <Camera
          faces={wish.faces}
          live={wish.place === "device"}
          onPhoto={(photo) => add([photo])}
        />
      )}
      <Options wish={wish} onChange={writeWish} />
      <ResponsibleUse />
      <section aria-label="Answers">
        {pictures.length > 0 && <SessionBar pictures={pictures} />}
        <ul className="cards">
          {pictures.map((picture) => (
            <PictureCard
              key={picture.id}
              picture={picture}
              onRetry={() => void judge(picture, wish)}
            />
          ))}
        </ul>
      </section>
    </>
  );
}
