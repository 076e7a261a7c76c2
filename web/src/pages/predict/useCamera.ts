import { useEffect, useRef, useState } from "react";

export type CameraState = "starting" | "on" | "denied" | "absent";

/** A running camera in a video element, until the component leaves; the usual one where none is named. */
export function useCamera(device: string) {
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<CameraState>("starting");
  const [devices, setDevices] = useState<MediaDeviceInfo[]>([]);
  useEffect(() => {
    const screen = video.current;
    const stopped = new AbortController();
    void open(screen, device, stopped.signal).then(async (found) => {
      const seen = found === "on" ? await navigator.mediaDevices.enumerateDevices() : [];
      if (stopped.signal.aborted) return;
      setState(found);
      setDevices(seen.filter(({ kind, deviceId }) => kind === "videoinput" && deviceId));
    });
    return () => {
      stopped.abort();
      close(screen);
    };
  }, [device]);
  return { video, state, devices };
}

async function open(
  screen: HTMLVideoElement | null,
  device: string,
  signal: AbortSignal,
): Promise<CameraState> {
  if (!screen) return "absent";
  try {
    const which = device ? { deviceId: { exact: device } } : { facingMode: "user" };
    const stream = await navigator.mediaDevices.getUserMedia({
      video: { ...which, width: { ideal: 1280 } },
    });
    screen.srcObject = stream;
    if (signal.aborted) close(screen);
    else await screen.play();
    return "on";
  } catch (error) {
    return error instanceof DOMException && error.name === "NotAllowedError" ? "denied" : "absent";
  }
}

function close(screen: HTMLVideoElement | null): void {
  const stream = screen?.srcObject;
  if (stream instanceof MediaStream) for (const track of stream.getTracks()) track.stop();
}

/** The frame in view as a JPEG; null while there is none. */
export function takePhoto(screen: HTMLVideoElement, name: string): Promise<File | null> {
  const canvas = document.createElement("canvas");
  canvas.width = screen.videoWidth;
  canvas.height = screen.videoHeight;
  if (!canvas.width) return Promise.resolve(null);
  canvas.getContext("2d")?.drawImage(screen, 0, 0);
  return new Promise((resolve) => {
    const done = (blob: Blob | null) =>
      resolve(blob && new File([blob], name, { type: "image/jpeg" }));
    canvas.toBlob(done, "image/jpeg", 0.95);
  });
}
