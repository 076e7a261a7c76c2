import type { Face } from "../../api/client";
import { t } from "../../words/en";

/** What further heads say of a face, where they were asked. */
export function Attributes({ face: { attributes } }: { face: Face }) {
  return Object.entries(attributes ?? {}).map(([name, { prediction, confidence }]) => (
    <p key={name} className="small attribute">
      {t.attributes.line(name, prediction, confidence)}
    </p>
  ));
}
