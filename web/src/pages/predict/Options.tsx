import type { ApiFailure } from "../../api/failure";
import type { Faces } from "../../api/upload";
import type { Wish } from "../../session/judge";
import { usePrivateState } from "../../private/state";

interface Props {
  wish: Wish;
  onChange: (wish: Wish) => void;
}

const POLICIES: Partial<Record<Faces, string>> = {
  single: "refuse the photo",
  largest: "answer for the largest face",
  all: "answer for each face",
};

export function Options({ wish, onChange }: Props) {
  const here = wish.place === "device";
  function setPrivate(on: boolean): void {
    onChange({ ...wish, place: on ? "device" : "service" });
  }
  return (
    <section className="options" aria-label="Options">
      <label className="choice">
        Several people in view:
        <select
          value={wish.faces}
          onChange={({ target }) => onChange({ ...wish, faces: target.value as Faces })}
        >
          {Object.entries(POLICIES).map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label className="choice">
        <input
          type="checkbox"
          role="switch"
          checked={here}
          onChange={({ target }) => setPrivate(target.checked)}
        />
        Private mode
      </label>
      <p className="quiet where" role="status">
        {here ? <PrivateState /> : "Photos go to the service, are answered, and are not kept."}
      </p>
    </section>
  );
}

/** What private mode does, and how far it is. */
function PrivateState() {
  const { step, share, failure, fallback } = usePrivateState();
  const promise = "Photos stay on this device: the model runs in your browser.";
  if (step === "loading") return `${promise} Loading the model, ${Math.round(100 * share)} %…`;
  if (step === "failed") return whyNot(failure);
  if (step === "ready") {
    const which = fallback
      ? "The small graph errs on this device, so a larger one was loaded; it"
      : "It is loaded, and";
    return `${promise} ${which} works without a network from now on.`;
  }
  return promise;
}

function whyNot(failure: ApiFailure | undefined): string {
  if (failure?.status === 404)
    return `There is no private mode here: ${failure.message}. Switch it off to send photos to the service.`;
  if (failure?.status === 401 || failure?.status === 403)
    return "The model was not given out: enter an API key that may predict, then switch off and on.";
  return "The model could not be loaded onto this device; switch off and on to try again.";
}
