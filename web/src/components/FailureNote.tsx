import { asFailure } from "../api/failure";

/** What an action failed with, in the service's words; nothing while nothing failed. */
export function FailureNote({ error }: { error: unknown }) {
  if (!error) return null;
  return (
    <p className="bad" role="alert">
      {asFailure(error).message}
    </p>
  );
}
