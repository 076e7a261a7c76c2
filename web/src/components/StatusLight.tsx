import { useEffect, useRef } from "react";

import { useHealth, type Status } from "../api/health";
import { announce } from "../session/announce";
import { t } from "../words/en";
import { milliseconds } from "../words/format";

/** A dot and words, for colour alone says nothing to many. */
export function StatusLight() {
  const { data } = useHealth();
  const state = data?.state ?? "starting";
  useToldChanges(data?.state);
  const words = data ? t.status[state] : t.status.connecting;
  return (
    <p className={`status ${state}`} title={data?.model ? t.modelTitle(data.model) : undefined}>
      <span className="dot" aria-hidden="true" />
      <span>{words}</span>
      <span className="latency">{data?.latencyMs == null ? "" : milliseconds(data.latencyMs)}</span>
    </p>
  );
}

/** Tells when the state changes, but not what it is at first. */
function useToldChanges(state: Status["state"] | undefined): void {
  const told = useRef(state);
  useEffect(() => {
    const isNews = told.current !== undefined && state !== undefined && told.current !== state;
    told.current = state;
    if (isNews) announce(t.statusTold[state]);
  }, [state]);
}
