/** Small copies of what was asked about in this visit; the service has none. */
import { photoOf } from "../../session/send";
import { usePictures } from "../../session/store";
import { usePairs } from "../compare/query";
import { useDataSet } from "../dataset/items";
import { useThumb } from "../dataset/thumbs";

export interface Thumbnail {
  url: string;
  name: string;
}

/** Of a photo that is still listed on another page; undefined for all others. */
export function useThumbnail(id: string): Thumbnail | undefined {
  const photo = photoOf(id);
  const predicted = usePredicted(photo);
  const compared = useCompared(photo);
  const reviewed = useReviewed(photo);
  return predicted ?? compared ?? reviewed;
}

function usePredicted(photo: Blob | undefined): Thumbnail | undefined {
  const picture = usePictures().find(({ file }) => file === photo);
  if (typeof picture?.sketch !== "object") return undefined;
  return { url: picture.sketch.url, name: picture.name };
}

function useCompared(photo: Blob | undefined): Thumbnail | undefined {
  const pair = usePairs().find(({ file }) => file === photo);
  return pair?.url ? { url: pair.url, name: pair.name } : undefined;
}

function useReviewed(photo: Blob | undefined): Thumbnail | undefined {
  const item = useDataSet().items.find(({ file }) => photo && file === photo);
  const url = useThumb(item?.file ?? null);
  return item && url ? { url, name: item.uri } : undefined;
}
