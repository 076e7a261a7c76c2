import { useEffect, useState } from "react";

import { t } from "../../words/en";

interface Props {
  open: boolean;
  onToggle: () => void;
}

/** Opens the camera where there is one, else nothing; NoCamera says why. */
export function CameraButton({ open, onToggle }: Props) {
  if (useCameraFault() !== null) return null;
  return (
    <button type="button" aria-expanded={open} onClick={onToggle}>
      {open ? t.closeCamera : t.useCamera}
    </button>
  );
}

/** One sentence why no camera is offered. */
export function NoCamera() {
  const fault = useCameraFault();
  return fault && <p className="quiet small">{t.camera[fault]}</p>;
}

type Fault = "insecure" | "absent";

/** Null where a camera may be there; whether it is allowed shows once it is opened. */
function useCameraFault(): Fault | null {
  // Browsers hide the camera from pages that came over plain HTTP from another machine.
  const devices = (navigator as { mediaDevices?: MediaDevices }).mediaDevices;
  const [isThere, setIsThere] = useState(true);
  useEffect(() => {
    if (!devices) return undefined;
    const stop = new AbortController();
    const look = async () => {
      const found = await devices.enumerateDevices().catch(() => null);
      if (!stop.signal.aborted)
        setIsThere(found?.some(({ kind }) => kind === "videoinput") ?? true);
    };
    void look();
    devices.addEventListener("devicechange", () => void look(), stop);
    return () => stop.abort();
  }, [devices]);
  if (!devices) return "insecure";
  return isThere ? null : "absent";
}
