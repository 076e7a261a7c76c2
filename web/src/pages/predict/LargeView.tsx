import { useEffect, useRef, useState } from "react";

import type { Size } from "../../session/types";
import { t } from "../../words/en";
import { CardActions } from "./CardActions";
import type { CardProps } from "./PictureCard";
import { Boxes, Preview } from "./Preview";
import { Result } from "./Result";

type Props = Omit<CardProps, "onOpen"> & { onClose: () => void };

/** The picture itself as large as the window, its boxes and its answer; Escape closes it. */
export function LargeView({ onClose, ...props }: Props) {
  const { picture } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="large" aria-labelledby="large-title" onClose={onClose}>
      <div className="card-head">
        <h2 id="large-title" dir="auto">
          {picture.name}
        </h2>
        <button type="button" onClick={() => dialog.current?.close()}>
          {t.close}
        </button>
      </div>
      <Original {...props} />
      <Result {...props} />
      <CardActions picture={picture} />
    </dialog>
  );
}

/** Decoded only while it is in view: what a camera takes needs 48 MB. */
function Original({ picture }: Pick<Props, "picture">) {
  const image = useRef<HTMLImageElement>(null);
  const [size, setSize] = useState<Size>();
  useEffect(() => {
    const url = URL.createObjectURL(picture.file);
    if (image.current) image.current.src = url;
    return () => URL.revokeObjectURL(url);
  }, [picture.file]);
  const known = typeof picture.sketch === "object" ? picture.sketch.size : undefined;
  if (!known) return <Preview picture={picture} />;
  const faces = picture.progress.step === "answered" ? picture.progress.answer.faces : [];
  const turned = size && size.width !== known.width; // a WebP that browsers do not turn
  if (turned) return <Preview picture={picture} />;
  return (
    <div className="frame original" style={{ aspectRatio: known.width / known.height }}>
      <img
        ref={image}
        alt={picture.name}
        onLoad={({ currentTarget }) =>
          setSize({ width: currentTarget.naturalWidth, height: currentTarget.naturalHeight })
        }
      />
      <Boxes size={known} faces={faces} />
    </div>
  );
}
