/** What a network sees of a picture: a region at its input size. Mirrors genderlens.pictures.imaging. */
import { FILTERS, type Filter } from "./kernel";
import { crop, wholeOf, type Box, type Point, type Raster } from "./raster";
import { reduce } from "./reduce";
import { resize } from "./resample";
import { cutTurned, type Region } from "./turned";

const MAX_AREA_PIXELS = 25_000_000;

/** A region that reaches beyond the picture sees it on an endless black ground. */
export function resizeRegion(
  source: Raster,
  width: number,
  height: number,
  { box: region, roll }: Region,
  filter: Filter,
): Raster {
  if (roll) return cutTurned(source, width, height, { box: region, roll }, filter);
  const [left, top, right, bottom] = region;
  const inside = Math.min(left, top) >= 0 && right <= source.width && bottom <= source.height;
  if (inside) return resize(source, width, height, region, filter);
  const [picture, area] = onBlack(source, region, width, height, FILTERS[filter].support);
  return resize(picture, width, height, area, filter);
}

/** The part of the picture and of the black around it that resampling an area reads. */
function onBlack(
  source: Raster,
  region: Box,
  width: number,
  height: number,
  support: number,
): [Raster, Box] {
  let picture = source;
  let area = region;
  while ((area[2] - area[0]) * (area[3] - area[1]) > MAX_AREA_PIXELS) {
    picture = reduce(picture, 2, 2);
    area = [area[0] / 2, area[1] / 2, area[2] / 2, area[3] / 2];
  }
  const reachX = support * Math.max(1, (area[2] - area[0]) / width);
  const reachY = support * Math.max(1, (area[3] - area[1]) / height);
  const left = Math.floor(area[0] - reachX);
  const top = Math.floor(area[1] - reachY);
  const right = Math.ceil(area[2] + reachX);
  const bottom = Math.ceil(area[3] + reachY);
  const shifted: Box = [area[0] - left, area[1] - top, area[2] - left, area[3] - top];
  return [crop(picture, [left, top, right, bottom]), shifted];
}

/** A part scaled down to a size in two steps, as Pillow does with that `reducing_gap`. */
export function shrink(
  source: Raster,
  width: number,
  height: number,
  gap: number,
  part: Box = wholeOf(source),
): Raster {
  const scale: Point = [(part[2] - part[0]) / width, (part[3] - part[1]) / height];
  const across = Math.trunc(scale[0] / gap) || 1;
  const down = Math.trunc(scale[1] / gap) || 1;
  if (across === 1 && down === 1) return resize(source, width, height, part, "bilinear");
  const read = partRead(source, part, scale);
  const [left, top] = read;
  const box: Box = [
    (part[0] - left) / across,
    (part[1] - top) / down,
    (part[2] - left) / across,
    (part[3] - top) / down,
  ];
  return resize(reduce(crop(source, read), across, down), width, height, box, "bilinear");
}

/** The whole pixels that a part is made from by a filter that reaches half a pixel beyond it. */
function partRead({ width, height }: Raster, part: Box, [across, down]: Point): Box {
  return [
    Math.max(0, Math.trunc(part[0] - across / 2)),
    Math.max(0, Math.trunc(part[1] - down / 2)),
    Math.min(width, Math.ceil(part[2] + across / 2)),
    Math.min(height, Math.ceil(part[3] + down / 2)),
  ];
}
