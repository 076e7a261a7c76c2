/** What private mode decodes: formats that browsers know, by their first bytes as the service has them. */
export const SIGNATURES: Readonly<Record<string, RegExp>> = {
  jpeg: /^\xff\xd8\xff/,
  png: /^\x89PNG\r\n/,
  gif: /^GIF8[79]a/,
  webp: /^RIFF[^]{4}WEBP/,
  avif: /^[^]{4}ftyp(avif|avis)/,
  // With the length of the second header, for two letters begin many a file.
  bmp: /^BM[^]{12}(\f|[(48@l|])\0{3}/,
};

/** Formats that the service takes and browsers do not show. */
export const SERVICE_ALONE = /^(II\*\0|MM\0\*)/;

/** Those of the service's formats that can be decoded on this device. */
export function decodedHere(formats: readonly string[]): string[] {
  return formats.filter((name) => name in SIGNATURES);
}
