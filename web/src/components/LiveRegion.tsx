import { useAnnouncement } from "../session/announce";

/** The one place that screen readers listen to. */
export function LiveRegion() {
  return (
    <p className="hidden" role="status" aria-live="polite">
      {useAnnouncement()}
    </p>
  );
}
