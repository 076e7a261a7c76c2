import type { ChangeEvent } from "react";

import { useCapabilities } from "../../api/capabilities";
import { t } from "../../words/en";

interface Props {
  /** A single line, once photos are chosen. */
  small: boolean;
  onFiles: (files: Iterable<File>) => void;
  camera: boolean;
  onCamera: () => void;
}

const TAKEN = ["jpeg", "png", "webp", "gif", "avif"];

export function DropZone({ small, onFiles, camera, onCamera }: Props) {
  const offered = useCapabilities();
  const formats = offered?.formats ?? TAKEN;
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
            accept={formats.map((name) => `image/${name}`).join()}
            aria-label={t.browseLabel}
            onChange={pick}
          />
        </label>
        <button type="button" aria-expanded={camera} onClick={onCamera}>
          {camera ? t.closeCamera : t.useCamera}
        </button>
      </p>
      {!small && (
        <p className="quiet small limits">
          {offered && t.limits(formats, offered.max_body_bytes, offered.max_pixels)}
        </p>
      )}
    </section>
  );
}
