/** What outcomes and codes mean, and what to do next, in plain words. */

export interface Advice {
  title: string;
  next: string;
  /** Whether asking once more may help. */
  retry?: true;
}

const ADVICE: Record<string, Advice> = {
  uncertain: {
    title: "Uncertain",
    next: "The face is too close to call for this model. A larger, sharper, frontal photo may help; else take the doubt for an answer.",
  },
  no_person: {
    title: "No face found",
    next: "No face is large and clear enough. Use a photo in which one face is well lit and fills a good part of the picture.",
  },
  many_people: {
    title: "Several people",
    next: "Several prominent faces are in view. Crop the photo to one of them, or choose above what to do with several people and try again.",
    retry: true,
  },
  unsupported_format: { title: "Not a picture", next: "Use a JPEG, PNG, WebP, GIF or AVIF file." },
  truncated: {
    title: "File cut short",
    next: "The file ends before its picture does. Copy or download it again.",
  },
  corrupt_image: { title: "Damaged file", next: "Save the picture again from its source." },
  too_many_pixels: { title: "Too large", next: "The picture has too many pixels. Scale it down." },
  body_too_large: { title: "Too large", next: "The file is too large. Save it smaller." },
  too_small: {
    title: "Too small",
    next: "The picture is too small to hold a face. Use a larger one.",
  },
  rate_limited: {
    title: "Too many at once",
    next: "The service limits how often it may be asked. Wait a moment, then try again.",
    retry: true,
  },
  overloaded: {
    title: "Service busy",
    next: "Too many pictures are waiting. Try again in a moment.",
    retry: true,
  },
  not_ready: {
    title: "Service starting",
    next: "The model is still being loaded. Try again in a moment.",
    retry: true,
  },
  request_timeout: {
    title: "Too slow",
    next: "The upload took too long. Try again with a better connection or a smaller file.",
    retry: true,
  },
  unreachable: {
    title: "No answer",
    next: "The service cannot be reached. See whether it runs, then try again; private mode works without it.",
    retry: true,
  },
  invalid_key: {
    title: "API key needed",
    next: "Enter an API key that this service knows (“API key”, at the top), then try again.",
    retry: true,
  },
  forbidden: {
    title: "Not allowed",
    next: "This API key may not do that. Ask the operator for one that may.",
  },
  internal_error: {
    title: "The service failed",
    next: "The error was logged there. Try again; if it stays, tell the operator.",
    retry: true,
  },
  detector_failed: {
    title: "The service failed",
    next: "Its face detector failed on this picture. Try again, or use another picture.",
    retry: true,
  },
  private_mode_unavailable: {
    title: "No private mode here",
    next: "What answers here cannot run in a browser. Switch private mode off to send photos to the service.",
    retry: true,
  },
  model_unavailable: {
    title: "Private mode unavailable",
    next: "The model for this device could not be loaded. Try again, or switch private mode off.",
    retry: true,
  },
};

/** Advice on a code; what is unknown is shown in the service's own words. */
export function adviseOn(code: string, detail = "Something went wrong."): Advice {
  return ADVICE[code] ?? { title: "Not answered", next: detail, retry: true };
}

export function isExplained(code: string): boolean {
  return code in ADVICE;
}
