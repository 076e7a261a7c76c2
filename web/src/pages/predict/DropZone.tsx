import type { ChangeEvent } from "react";

interface Props {
  hovering: boolean;
  onFiles: (files: Iterable<File>) => void;
  camera: boolean;
  onCamera: () => void;
}

const TAKEN = "image/jpeg,image/png,image/webp,image/gif,image/avif";

export function DropZone({ hovering, onFiles, camera, onCamera }: Props) {
  function pick({ target }: ChangeEvent<HTMLInputElement>): void {
    onFiles([...(target.files ?? [])]);
    target.value = ""; // the same file may be picked again
  }
  return (
    <section className={hovering ? "drop over" : "drop"} aria-label="Choose photos">
      <p>
        <strong>Drop photos here</strong>, paste them, or
      </p>
      <p className="actions">
        <label className="button primary">
          Browse
          <input
            type="file"
            multiple
            accept={TAKEN}
            aria-label="Browse for photos"
            onChange={pick}
          />
        </label>
        <button type="button" aria-expanded={camera} onClick={onCamera}>
          {camera ? "Close camera" : "Use camera"}
        </button>
      </p>
    </section>
  );
}
