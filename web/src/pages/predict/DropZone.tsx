import type { ChangeEvent } from "react";

import { useCapabilities } from "../../api/capabilities";
import { acceptOf } from "../../api/formats";
import { decodedHere } from "../../private/formats";
import { useOptions } from "../../session/options";
import { t } from "../../words/en";
import { CameraButton, NoCamera } from "./CameraButton";

interface Props {
  /** A single line, once photos are chosen. */
  small: boolean;
  onFiles: (files: Iterable<File>) => void;
  camera: boolean;
  onCamera: () => void;
}

export function DropZone({ small, onFiles, camera, onCamera }: Props) {
  const formats = useFormats();
  function pick({ target }: ChangeEvent<HTMLInputElement>): void {
    onFiles([...(target.files ?? [])]);
    target.value = ""; // the same file may be picked again
  }
  return (
    <section className={small ? "drop small-drop" : "drop"} aria-label={t.choosePhotos}>
      {!small && (
        <p>
          <strong>{t.dropPhotos}</strong>
          {t.orPaste}
        </p>
      )}
      <p className="actions">
        <label className={small ? "button" : "button primary"}>
          {small ? t.addPhotos : t.browse}
          <input
            type="file"
            multiple
            accept={acceptOf(formats)}
            aria-label={t.browseLabel}
            onChange={pick}
          />
        </label>
        <CameraButton open={camera} onToggle={onCamera} />
      </p>
      {!small && <Limits formats={formats} />}
      {!small && <NoCamera />}
    </section>
  );
}

/** What is taken by who answers; undefined while that is not known. */
function useFormats(): string[] | undefined {
  const taken = useCapabilities()?.formats;
  const { place } = useOptions();
  return taken && place === "device" ? decodedHere(taken) : taken;
}

function Limits({ formats }: { formats: string[] | undefined }) {
  const offered = useCapabilities();
  return (
    <p className="quiet small limits">
      {offered && formats && t.limits(formats, offered.max_body_bytes, offered.max_pixels)}
    </p>
  );
}
