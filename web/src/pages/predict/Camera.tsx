import { useRef, useState } from "react";

import type { Faces } from "../../api/upload";
import { useOptions } from "../../session/options";
import { t } from "../../words/en";
import { LiveView } from "./LiveView";
import { takePhoto, useCamera } from "./useCamera";

interface Props {
  faces: Faces;
  onPhoto: (photo: File) => void;
}

export default function Camera({ faces, onPhoto }: Props) {
  const [device, setDevice] = useState("");
  const { video, state, devices } = useCamera(device);
  const [watching, setWatching] = useState(false);
  const { place } = useOptions();
  const count = useRef(0);
  const on = state === "on";

  async function shoot(): Promise<void> {
    if (!video.current) return;
    count.current += 1;
    const photo = await takePhoto(video.current, `camera-${count.current}.jpg`);
    if (photo) onPhoto(photo);
  }

  return (
    <section className="camera" aria-label={t.camera.title}>
      {!on && (
        <p role="status" className={state === "starting" ? "quiet" : "notice bad"}>
          {t.camera[state]}
        </p>
      )}
      <div className="screen" hidden={state === "denied" || state === "absent"}>
        <video ref={video} muted playsInline aria-label={t.camera.view} />
        {watching && on && <LiveView video={video} faces={faces} place={place} />}
      </div>
      <div className="actions">
        <button type="button" className="primary" disabled={!on} onClick={() => void shoot()}>
          {t.camera.take}
        </button>
        <button
          type="button"
          aria-pressed={watching}
          disabled={!on}
          onClick={() => setWatching(!watching)}
        >
          {watching ? t.camera.stopLive : t.camera.live}
        </button>
        {devices.length > 1 && (
          <label className="choice">
            {t.camera.device}
            <select value={device} onChange={({ target }) => setDevice(target.value)}>
              {devices.map(({ deviceId, label }, index) => (
                <option key={deviceId} value={deviceId}>
                  {label || t.camera.number(index + 1)}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      {watching && place === "service" && <p className="quiet small">{t.camera.liveSent}</p>}
    </section>
  );
}
