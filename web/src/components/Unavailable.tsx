import { asFailure } from "../api/failure";
import { adviseOn } from "../words/advice";

interface Props {
  /** What the page would show, such as "The history". */
  what: string;
  error: unknown;
}

/** Why a page has nothing to show, in a sentence or two. */
export function Unavailable({ what, error }: Props) {
  const { status, code, message } = asFailure(error);
  return (
    <div className="notice" role="alert">
      <p>
        <strong>{what} is not available here.</strong> {sentence(status, code, message)}
      </p>
    </div>
  );
}

function sentence(status: number, code: string, message: string): string {
  if (status === 404) return "This service does not offer it.";
  if (status === 401)
    return `The service asks for an API key: enter one with “API key” at the top. (${message})`;
  if (status === 403 && code === "forbidden")
    return "Your API key may not see it; ask the operator for one that may.";
  if (status === 403) return message;
  return adviseOn(code, message).next;
}
