/** Which files are pictures: the formats are the service's, as `GET /capabilities` names them. */

/** Names end so where browsers know no type for them. */
const SUFFIX = /\.(jpe?g|jfif|png|webp|gif|avif|bmp|tiff?)$/i;

/** For a file chooser: the formats that are taken; any picture while they are not known. */
export function acceptOf(formats: readonly string[] | undefined): string {
  return formats?.map((name) => `image/${name}`).join() ?? "image/*";
}

/** Whether a file of a folder may be a picture, by what the browser takes it for or by its name. */
export function isPicture({ name, type }: File): boolean {
  return type.startsWith("image/") || SUFFIX.test(name);
}
