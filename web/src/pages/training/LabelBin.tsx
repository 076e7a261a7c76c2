import { useState, type ChangeEvent, type DragEvent } from "react";

import { useCapabilities } from "../../api/capabilities";
import { acceptOf } from "../../api/formats";
import { t } from "../../words/en";
import type { Sample } from "./samples";

interface Props {
  label: string;
  samples: Sample[];
  onFiles: (files: File[]) => void;
  onRemove: (sample: Sample) => void;
}

/** The pictures of one label, to be looked at before they are sent. */
export function LabelBin({ label, samples, onFiles, onRemove }: Props) {
  const [hovering, setHovering] = useState(false);
  const offered = useCapabilities();
  function pick({ target }: ChangeEvent<HTMLInputElement>): void {
    onFiles([...(target.files ?? [])]);
    target.value = "";
  }
  function drop(event: DragEvent): void {
    event.preventDefault();
    event.stopPropagation();
    setHovering(false);
    onFiles([...event.dataTransfer.files]);
  }
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a drop is one more way; the button is for keyboards
    <section
      className={hovering ? "bin over" : "bin"}
      aria-label={t.training.bin(label)}
      onDragOver={(event) => {
        event.preventDefault();
        event.stopPropagation();
        setHovering(true);
      }}
      onDragLeave={() => setHovering(false)}
      onDrop={drop}
    >
      <h3>{t.training.bin(label)}</h3>
      <p className="actions">
        <label className="button">
          {t.training.pick}
          <input
            type="file"
            multiple
            accept={acceptOf(offered?.formats)}
            aria-label={t.training.pickFor(label)}
            onChange={pick}
          />
        </label>
        <span className="quiet">{t.training.dropBin}</span>
      </p>
      <ul className="thumbs">
        {samples.map((sample) => (
          <li key={sample.id} className={sample.face === "none" ? "faceless" : ""}>
            {sample.url && <img className="thumb" src={sample.url} alt={sample.file.name} />}
            <button
              type="button"
              aria-label={t.removeNamed(sample.file.name)}
              onClick={() => onRemove(sample)}
            >
              {t.remove}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
