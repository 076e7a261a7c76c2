import { useRef, useState } from "react";

import type { Faces } from "../../api/upload";
import { LiveView } from "./LiveView";
import { takePhoto, useCamera, type CameraState } from "./useCamera";

interface Props {
  faces: Faces;
  /** Whether frames may be judged one after another: on this device only. */
  live: boolean;
  onPhoto: (photo: File) => void;
}

const WORDS: Record<CameraState, string> = {
  starting: "Starting the camera; your browser may ask you to allow it.",
  on: "",
  denied:
    "The camera is not allowed: allow it in your browser’s settings for this page, then open it again.",
  absent:
    "No camera can be used here. Browsers offer one only over https or on this machine itself.",
};

export function Camera({ faces, live, onPhoto }: Props) {
  const { video, state } = useCamera();
  const [watching, setWatching] = useState(false);
  const count = useRef(0);

  async function shoot(): Promise<void> {
    if (!video.current) return;
    count.current += 1;
    const photo = await takePhoto(video.current, `camera-${count.current}.jpg`);
    if (photo) onPhoto(photo);
  }

  return (
    <section className="camera" aria-label="Camera">
      <div className="screen">
        <video ref={video} muted playsInline aria-label="What the camera sees" />
        {live && watching && state === "on" && <LiveView video={video} faces={faces} />}
      </div>
      <p role="status" className="quiet">
        {WORDS[state]}
      </p>
      <div className="actions">
        <button
          type="button"
          className="primary"
          disabled={state !== "on"}
          onClick={() => void shoot()}
        >
          Take photo
        </button>
        {live && (
          <button
            type="button"
            aria-pressed={watching}
            disabled={state !== "on"}
            onClick={() => setWatching(!watching)}
          >
            {watching ? "Stop live answers" : "Live answers"}
          </button>
        )}
      </div>
    </section>
  );
}
