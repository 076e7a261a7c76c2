import { useState } from "react";

import { t } from "../../words/en";

const NAMES = ["astronaut", "cameraman", "both"] as const;
type Name = (typeof NAMES)[number];

/** Photographs to try with one click, for nobody needs one of their own to see what happens. */
export function Samples({ onFile }: { onFile: (file: File) => void }) {
  const [failed, setFailed] = useState(false);
  async function open(name: Name): Promise<void> {
    try {
      const answer = await fetch(addressOf(name));
      if (!answer.ok) throw new Error(String(answer.status));
      onFile(new File([await answer.blob()], `${name}.jpg`, { type: "image/jpeg" }));
    } catch {
      setFailed(true);
    }
  }
  return (
    <section className="samples" aria-labelledby="samples-title">
      <h2 id="samples-title">{t.samples.title}</h2>
      <ul>
        {NAMES.map((name) => (
          <li key={name}>
            <button type="button" className="sample" onClick={() => void open(name)}>
              <img src={addressOf(`${name}-small`)} alt="" width="64" height="64" />
              <span>{t.samples.try(t.samples[name])}</span>
            </button>
          </li>
        ))}
      </ul>
      <p className="quiet small">{t.samples.terms}</p>
      {failed && (
        <p className="bad" role="alert">
          {t.samples.failed}
        </p>
      )}
    </section>
  );
}

function addressOf(name: string): string {
  return new URL(`samples/${name}.jpg`, document.baseURI).href;
}
