import { asFailure } from "../api/failure";
import { adviseOn } from "../words/advice";
import { t } from "../words/en";

interface Props {
  /** What the page would show, such as "The history". */
  what: string;
  error?: unknown;
  /** Said in place of what the error says. */
  why?: string;
}

/** Why a page has nothing to show, in a sentence or two. */
export function Unavailable({ what, error, why }: Props) {
  return (
    <div className="notice" role="alert">
      <p>
        <strong>{t.unavailable(what)}</strong> {why ?? sentence(error)}
      </p>
    </div>
  );
}

function sentence(error: unknown): string {
  const { status, code, message } = asFailure(error);
  if (status === 404) return t.notOffered;
  if (status === 401) return t.askForKey(message);
  if (status === 403 && code === "forbidden") return t.keyMayNot;
  if (status === 403) return message;
  return adviseOn(code, message).next;
}
