import { useHealth, type Status } from "../api/health";
import { milliseconds } from "../words/format";

const WORDS: Record<Status["state"], string> = {
  ready: "Service ready",
  degraded: "Service degraded",
  starting: "Service starting",
  down: "Service unreachable",
};

/** A dot and words, for colour alone says nothing to many. */
export function StatusLight() {
  const { data } = useHealth();
  const state = data?.state ?? "starting";
  const words = data ? WORDS[state] : "Connecting";
  return (
    <p className={`status ${state}`} title={data?.model ? `Model ${data.model}` : undefined}>
      <span className="dot" aria-hidden="true" />
      <span role="status">{words}</span>
      <span className="latency">{data?.latencyMs == null ? "" : milliseconds(data.latencyMs)}</span>
    </p>
  );
}
