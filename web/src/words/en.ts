/** Every sentence of the page: a translation is one more file of this shape. */
import type { Advice } from "./advice";
import { interval, milliseconds, percent } from "./format";

const photos = (count: number) => (count === 1 ? "1 photo" : `${count.toLocaleString()} photos`);
const pictures = (count: number) =>
  count === 1 ? "1 picture" : `${count.toLocaleString()} pictures`;

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);
/** Of many labels the first few. */
const named = (labels: readonly string[]) =>
  labels.length === 0
    ? "with a word"
    : `${labels.slice(0, 4).join(", ")}${labels.length > 4 ? ", …" : ""}`;
/** The name of a further head in a sentence. */
const called = (name: string) => name.replaceAll("_", " ");
/** The service counts no further than this. */
const MOST_COUNTED = 100_000;
const counted = (total: number) =>
  `${total.toLocaleString()}${total >= MOST_COUNTED ? " or more" : ""}`;

export const t = {
  skip: "Skip to the content",
  loading: "Loading…",
  none: "–",
  close: "Close",
  cancel: "Cancel",
  pages: "Pages",
  routes: {
    predict: "Predict",
    history: "History",
    models: "Models",
    compare: "Compare",
    training: "Training",
    dataset: "Data set",
    card: "Model card",
  },
  dropHere: "Drop to ask about these photos",
  pasted: "pasted picture",
  footer:
    "Perceived presentation as annotators label it, never anybody’s identity. Do not decide about a person by it.",
  apiDocs: "API documentation",
  modelTitle: (name: string) => `Model ${name}`,
  status: {
    ready: "Service ready",
    degraded: "Service degraded",
    starting: "Service starting",
    down: "Service unreachable",
    connecting: "Connecting",
  },
  statusTold: {
    ready: "The service answers.",
    degraded: "The service answers, not all of it as it should.",
    starting: "The service is starting.",
    down: "The service cannot be reached.",
  },

  // Keys
  key: {
    title: "API key",
    set: "API key set",
    why: "Only needed where the service asks for one. It is tried before it is used, kept in this tab alone, and forgotten when you close it.",
    label: "Key",
    use: "Use this key",
    trying: "Trying it…",
    forget: "Forget it",
    wrong: "The service does not know this key. Copy it again, or ask the operator for another.",
    untried: (why: string) => `The key could not be tried: ${why}`,
    needed: "This service asks for an API key.",
    enter: "Enter the key",
    after: "Photos that you choose wait until it is there.",
  },

  // Why a page has nothing to show
  unavailable: (what: string) => `${what} is not available here.`,
  notOffered: "This service does not offer it.",
  askForKey: (detail: string) =>
    `The service asks for an API key: enter one with “API key” at the top. (${detail})`,
  keyMayNot: "Your API key may not see it; ask the operator for one that may.",
  off: {
    history: "The service keeps no history.",
    training: "The service has nothing to train on, so nothing can be trained from here.",
    samples: "The service takes no labelled pictures, so corrections cannot be kept.",
  },

  // Predict
  title: "How does the face in a photo look to a model?",
  lead: (labels: readonly string[]) =>
    `It learnt from people’s labels, answers ${named(labels)} or “uncertain”, and says how sure it is.`,
  choosePhotos: "Choose photos",
  dropPhotos: "Drop photos here",
  orPaste: ", paste them, or",
  browse: "Browse",
  browseLabel: "Browse for photos",
  addPhotos: "Add photos",
  useCamera: "Use camera",
  closeCamera: "Close camera",
  limits: (formats: readonly string[], bytes: number, pixels: number) =>
    `${formats.map(formatName).join(", ")}, each up to ${Math.floor(bytes / 1e6)} MB and ${Math.floor(pixels / 1e6)} megapixels.`,
  samples: {
    title: "No photo at hand?",
    try: (name: string) => `Try ${name}`,
    astronaut: "an astronaut",
    cameraman: "a cameraman",
    both: "two people",
    terms: "Eileen Collins (NASA, public domain) and a cameraman (Lav Varshney, CC0).",
    failed: "The sample photograph could not be loaded.",
  },
  options: "Options",
  optionsAndMeaning: "Options, and what an answer means",
  several: "Several people in view:",
  policies: {
    single: "ask me",
    largest: "answer for the largest face",
    all: "answer for each face",
  },
  privateMode: "Private mode",
  shrink: "Smaller uploads",
  shrinkWhy:
    "Photos of over 1 MB are scaled down to 2048 px before they are sent. Answers then move by up to a few percent, those about small faces by more, so this is off unless you want it.",
  attributes: {
    also: (name: string) => `Also estimate the ${called(name)}`,
    limits:
      "A further estimate is how a face looks to the model, and often wrong. It proves nobody’s age: do not admit, refuse or sort anybody by it. It is asked for photos that you choose from now on.",
    notHere: "On this device there are no further estimates.",
    line: (name: string, label: string | null, share: number) =>
      `${capital(called(name))}: ${label === null ? "too unsure to say" : `${label}, ${percent(share)} sure`}`,
  },
  notKept: "Photos go to the service, are answered, and are not kept.",
  staysHere: "Photos stay on this device: the model runs in your browser.",
  loadingModel: (share: number) => `Loading the model, ${Math.round(100 * share)} %…`,
  loadedFallback:
    "The small graph errs on this device, so a larger one was loaded; it works without a network from now on.",
  loaded: "It is loaded, and works without a network from now on.",
  noPrivate: (why: string) =>
    `There is no private mode here: ${why}. Switch it off to send photos to the service.`,
  noPrivateHere: "What answers here cannot run in a browser, so there is no private mode.",
  privateKey:
    "The model was not given out: enter an API key that may predict, then switch off and on.",
  privateFailed: "The model could not be loaded onto this device; switch off and on to try again.",
  meaningTitle: "What an answer means",
  meaning:
    "An answer is an impression of how a face looks to a model trained on annotators’ labels, not anybody’s identity, and no ground to decide about a person. It is wrong more often for children and older people, for small, blurred or turned faces, and not equally often for people of every origin: ",
  meaningLink: "the model card",
  meaningEnd: " says for whom.",

  camera: {
    title: "Camera",
    view: "What the camera sees",
    starting: "Starting the camera; your browser may ask you to allow it.",
    on: "",
    denied:
      "The camera is not allowed: allow it in your browser’s settings for this page, then open it again.",
    absent: "No camera is found on this device.",
    insecure: "No camera here: browsers offer one only over https or on this machine itself.",
    take: "Take photo",
    live: "Live answers",
    stopLive: "Stop live answers",
    liveSent:
      "One frame a second goes to the service; its answers enter the history where one is kept.",
    looking: "Looking…",
    device: "Camera",
    number: (n: number) => `Camera ${n}`,
  },

  answers: "Answers",
  doneOf: (done: number, count: number) =>
    `${done} of ${count} ${count === 1 ? "photo" : "photos"} done`,
  answersTold: (done: number, count: number, names: string[], more: number) =>
    `${done} of ${photos(count)} done: ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}.`,
  kinds: {
    waiting: "waiting",
    failed: "failed",
    uncertain: "uncertain",
    no_person: "no face",
    many_people: "several people",
    several_faces: "several faces",
    unreadable: "unreadable",
  },
  show: "Show",
  everything: "all",
  tallied: (kind: string, count: number) => `${kind} (${count})`,
  order: "Order",
  orders: {
    file: "as chosen",
    name: "by name",
    sure: "surest first",
    unsure: "least sure first",
  },
  asList: "List",
  asGrid: "Grid",
  layout: "Show photos as",
  retryFailed: (count: number) => `Retry all failed (${count})`,
  downloadCsv: "Download CSV",
  downloadJson: "Download JSON",
  clear: "Clear",
  removed: (count: number) => `${photos(count)} removed.`,
  undo: "Undo",
  undone: (count: number) => `${photos(count)} brought back.`,
  nothingFits: "No photo is of this kind.",
  thresholdTitle: "What would another threshold do?",
  threshold: "Uncertain below",
  thresholdOwn: (share: number) => `The service’s own is ${percent(share, 0)}.`,
  thresholdNote: "Only the view changes: downloads keep the service’s answers.",
  thresholdReset: "Back to the service’s",

  // A card
  enlarge: (name: string) => `Enlarge ${name}`,
  removeNamed: (name: string) => `Remove ${name}`,
  remove: "×",
  noPreview: "No preview",
  named: (action: string, name: string) => `${action}: ${name}`,
  tryAgain: "Try again",
  smallerCopy: "Send a smaller copy",
  copyJson: "Copy JSON",
  copied: "Copied",
  notCopied: "Not allowed to copy",
  largestFace: "The largest face",
  eachFace: "Each face",
  whichFace: "Answer for",
  underway: { waiting: "Waiting for its turn", sending: "Sending", judging: "Looking at it" },
  going: (words: string) => `${words}…`,
  progressAt: (words: string, here: boolean) =>
    `${words}, ${here ? "on this device" : "by the service"}`,
  answeredBy: (here: boolean, ms: number | null, version: string, smaller: boolean) =>
    `Answered ${here ? "on this device" : "by the service"}${ms === null ? "" : ` in ${milliseconds(ms)}`} · ${version}${smaller ? " · about a smaller copy" : ""}`,
  looks: (label: string, share: number) => `Looks ${label}, ${percent(share)} sure`,
  leans: (label: string, share: number) => `Leans ${label}, ${percent(share)} sure`,
  short: (label: string, share: number) => `${label}, ${percent(share, 0)}`,
  shortLean: (label: string, share: number) => `leans ${label}, ${percent(share, 0)}`,
  looksLive: (label: string, share: number) => `Looks ${label}, ${percent(share)}`,
  uncertain: "Uncertain",
  faceCount: (count: number) => (count === 1 ? "1 face" : `${count} faces`),
  face: (number: number) => `Face ${number}`,
  probabilities: "Probabilities",
  probabilityOf: (label: string) => `Probability of ${label}`,
  uncertainBelow: (share: number) => `uncertain below ${percent(share, 0)}`,
  heat: {
    show: "Heat map",
    drawing: "Drawing…",
    /** `face` is 0 where there is one alone. */
    alt: (name: string, face: number) =>
      `Heat map of ${face ? `face ${face} in ` : ""}${name}: the warmer a place, the more it spoke for the answer`,
    little: "spoke little for the answer",
    much: "spoke much",
    first: (count: number) => `Of the first ${count} faces.`,
  },
  wrong: {
    title: "That’s wrong",
    wouldSay: "People would say",
    about: (label: string, name: string) => `People would say ${label} about ${name}`,
    noted: (label: string) => `Noted: people would say ${label}. Thank you.`,
  },

  // History
  history: {
    title: "History",
    lead: "What was answered before. The service keeps no pictures: only a hash, the answer and the time.",
    what: "The history",
    outcome: "Outcome",
    label: "Label",
    any: "any",
    classified: "Classified",
    unreadable: "Unreadable",
    shown: (first: number, last: number, total: number | null) =>
      `Answers ${first} – ${last}${total === null ? "" : ` of ${counted(total)}`}`,
    empty: "Nothing is kept that fits. Answers appear here as they are given.",
    table: "Answers given before",
    photo: "Photo",
    when: "When",
    answer: "Answer",
    sure: "Sure",
    model: "Model",
    hash: "SHA-256",
    wouldSay: "People would say",
    wouldSayAbout: (time: string) => `What people would say about the answer of ${time}`,
    remove: "Delete",
    removeOf: (time: string) => `Delete the answer of ${time}`,
    sureToRemove: "Really?",
    removed: "The answer is deleted.",
    newer: "Newer",
    older: "Older",
    page: (number: number) => `Page ${number}`,
  },

  // Models
  models: {
    title: "Models",
    lead: "Which versions there are, which of them answer, and how well they did on labelled pictures.",
    what: "The list of models",
    now: "Answers now",
    nothing: "nothing yet",
    production: "In production",
    noProduction: "none in the registry",
    before: "Before it",
    noBefore: "none",
    ownModel:
      "This service answers with a model of its own; promotions are noted in the registry and change nothing here.",
    empty: "The registry is empty. A retraining or “genderlens models add” puts a version into it.",
    rollBack: (version: string) => `Roll back to ${version}`,
    reallyRollBack: "Press again to roll back",
    stale:
      "The registry does not answer. Below stands what was known of it last; what answers now is current.",
    stateError: (detail: string) =>
      `Which version has which role cannot be read, so the last good copy is used; the next promotion, rollback or split writes it anew: ${detail}`,
    reloadError: (detail: string) => `The newest change is not in service: ${detail}`,
    brokenTitle: "Versions that cannot be used",
    broken: (count: number) =>
      `${count === 1 ? "One version cannot be used" : `${count} versions cannot be used`}; the others are not touched by it.`,
    table: "Versions of the model",
    version: "Version",
    role: "Role",
    made: "Made",
    network: "Network",
    size: (architecture: string, bytes: number) =>
      `${architecture}, ${(bytes / 1e6).toFixed(1)} MB`,
    accuracy: "Accuracy",
    accuracyOn: (share: number, data: string) => `${percent(share)} on ${data}`,
    traffic: "Traffic",
    promotion: "Promotion",
    unmeasured: "not measured",
    inProduction: "in production",
    notRegistered: "not in the registry",
    promote: "Promote",
    promoteOf: (version: string) => `Promote ${version}`,
    judging: "Being judged…",
    reallyPromote: "Press again to promote",
    gatesOff:
      "Versions cannot be promoted from here: the operator has named no labelled pictures to hold them against.",
    different:
      "Accuracies were measured on different pictures and cannot be compared with each other.",
    fairness: "How well, and for whom",
    right: "Right in ",
    rightOf: (count: number) => ` of ${count.toLocaleString()} pictures`,
    rightMore: (ends: { low: number; high: number }, abstained: number, ece: number | null) =>
      ` (${interval(ends)}, 95 % interval), uncertain in ${percent(abstained)}${ece === null ? "" : `, calibration error ${percent(ece)}`}.`,
    measuredOn: (data: string) => ` Measured on ${data}.`,
    worst: (group: string, attribute: string) => ` Least often right for: ${group} (${attribute}).`,
    groups: "Accuracy by group",
    attribute: "Attribute",
    group: "Group",
    rightHead: "Right",
    interval: "95 % interval",
    pictures: "Pictures",
    least: "least",
    comparison: "In service, side by side",
    days: "Days to look back",
    noHistory: "The service keeps no history, so there is nothing to compare.",
    corrections:
      "Who corrects an answer is no random sample of who asks: only compare versions with each other, and look at the intervals.",
    comparisonTable: "Versions in service, side by side",
    refused: "Refused",
    uncertain: "Uncertain",
    confidence: "Mean confidence",
    rightCorrected: "Right, of what was corrected",
    median: "Time, median",
    p95: "Time, 95 % below",
    split: "Split the traffic (A/B)",
    splitWhy:
      "Weights need no sum. The same key or picture keeps its version. No weight at all: production answers alone.",
    setSplit: "Set the split",
    untested: (versions: string) =>
      `${versions} did not pass the gates, or was never held against them. Press again to send it traffic all the same.`,
    alone: "Production alone",
    splitSet: "The split is set.",
  },
  gates: {
    holds: "holds",
    fails: "fails",
    line: (name: string, value: number | null, atLeast: boolean, limit: number) =>
      `${name} ${value === null ? "not measured" : value.toFixed(4)}, needs ${atLeast ? "at least" : "at most"} ${limit.toFixed(4)}`,
  },

  // Compare
  compare: {
    title: "Compare",
    lead: "Two versions of the model on the same photos, side by side. Both answer now; nothing is decided by it.",
    what: "Comparing",
    first: "First version",
    second: "Second version",
    one: "There is only one version that answers here. A second one gets traffic on the page “Models”.",
    agree: (same: number, count: number) => `They agree on ${same} of ${photos(count)}.`,
    table: "Answers of two versions",
    photo: "Photo",
    gap: "Difference",
    differs: "differs",
    or: ", or",
    onlyDiffering: "Only where they differ",
    clear: "Clear",
  },

  // Training
  training: {
    title: "Training",
    lead: "Labelled pictures make the next version; it takes over only where it is at least as good, for the worst group too.",
    what: "Training",
    addTitle: "Add labelled pictures",
    addWhy:
      "These are kept for training, unlike photos on the page “Predict”. Send only what you may.",
    bin: (label: string) => `People say ${label}`,
    pick: "Choose pictures",
    pickFor: (label: string) => `Pictures that people say are ${label}`,
    dropBin: "or drop them here",
    checking: (count: number) => `Looking for a face in ${pictures(count)}…`,
    faceless: (count: number) =>
      `${pictures(count)} without a single clear face; ${count === 1 ? "it is" : "they are"} left out unless you keep ${count === 1 ? "it" : "them"}.`,
    keepFaceless: "Keep them",
    add: (count: number) => `Add ${pictures(count)}`,
    sent: "Sent",
    summary: (added: number, known: number, refused: number) =>
      `${added} added, ${known} known already, ${refused} refused.`,
    pool: (count: number, limit: number, labels: string[]) =>
      `The pool holds ${count.toLocaleString()} of at most ${limit.toLocaleString()} pictures${labels.length > 0 ? `: ${labels.join(", ")}` : ""}.`,
    counted: (count: number, label: string) => `${count} ${label}`,
    emptyPool: "Remove my pictures",
    reallyEmptyPool: "Press again to remove them",
    emptied: (count: number) => `${count} removed.`,
    startTitle: "Start a retraining",
    source: "Source",
    recipe: "Recipe",
    promote: "Promote where the gates hold",
    start: "Start",
    queued: (id: string) => `Queued as ${id}.`,
    jobs: "Jobs",
    noJobs: "No retraining yet.",
    job: (source: string, recipe: string) => `${source} with ${recipe}`,
    state: (state: string, stage: string) => `${state}: ${stage}`,
    version: (version: string) => ` · version ${version}`,
    epoch: (epoch: number, epochs: number) => `Epoch ${epoch} of ${epochs}`,
    promoted: "Promoted: it answers from now on.",
    notPromoted: (why: string) =>
      why ? `Trained, not promoted because ${why}.` : "Trained, not promoted: production stays.",
    gateFails: (names: string[]) =>
      `${names.join(" and ")} ${names.length === 1 ? "does" : "do"} not hold`,
    showLog: "Curves and log",
    hideLog: "Hide curves and log",
    stop: "Stop",
    reallyStop: "Press again to stop",
    log: "End of the log",
    noLog: "No log yet.",
    curve: (name: string, epochs: number, last: number) =>
      `${name} over ${epochs} epochs, ${last.toFixed(4)} at the end`,
    curveAxis: "epoch",
  },

  // Data set
  dataset: {
    title: "Data set",
    lead: "See what a model says about a whole folder of photos, and put right what it got wrong. Everything stays in this browser but the photos that you ask about.",
    dropFolder: "Drop a folder of photos, or the table of a finished “genderlens label” run",
    pickFolder: "Choose a folder",
    pickReport: "Open a table of answers",
    reportHint:
      "labels.csv or labels.jsonl, which “genderlens label --format csv” or “jsonl” writes. Corrections are kept in this browser until you start over.",
    ask: (count: number) => `Ask about ${photos(count)}`,
    stop: "Stop",
    asked: (done: number, count: number) => `${done} of ${photos(count)} answered`,
    counts: "Counts",
    distribution: "How sure the answers are",
    fromSure: "50 % sure",
    toSure: "100 % sure",
    distributionBar: (low: number, high: number, count: number) =>
      `${percent(low, 0)} – ${percent(high, 0)} sure: ${count}`,
    review: "Review",
    reviewWhy: "The least sure come first.",
    keys: (keys: readonly (readonly [key: string, words: string])[]) =>
      `Keys: ${keys.map((pair) => pair.join(" ")).join(", ")}, ← back.`,
    undecided: "undecided",
    skip: "skip",
    noAnswer: "no answer",
    modelSays: (words: string) => `The model says: ${words}`,
    youSay: (label: string) => `You say: ${label}`,
    reviewed: (done: number, count: number) => `${done} of ${count} reviewed`,
    finished: "Everything is reviewed.",
    exportCsv: "Corrections as CSV",
    exportStudio: "Corrections for Label Studio",
    all: "All photos",
    noPhoto: "no photo here",
    startOver: "Start over",
    badReport: (name: string, why: string) => `${name} cannot be read: ${why}`,
    needColumns: "it needs the columns uri and outcome",
    reviewPhoto: (name: string) => `Review ${name}`,
    back: "Back",
  },

  // Outcomes and codes: what they mean and what to do next
  notAnswered: "Not answered",
  somethingWrong: "Something went wrong.",
  failures: {
    unreachable: "The service cannot be reached.",
    status: (status: number) => `The service answered with status ${status}.`,
    stopped: "Stopped.",
    undecodable: "This browser cannot decode the file.",
    unsupported: "The file is in no picture format that is taken here.",
    corrupt: "The browser cannot decode this picture.",
    tooLarge: (width: number, height: number) =>
      `The picture has ${width}×${height} pixels; scale it down.`,
    tooSmall: (width: number, height: number) =>
      `The picture has ${width}×${height} pixels; send a larger one.`,
    noCanvas: "This browser gives no canvas to a worker.",
    notLoaded: "The model could not be loaded onto this device.",
  },
  advice: {
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
      next: "Several prominent faces are in view. Say for which of them you want an answer.",
    },
    unsupported_format: {
      title: "Not a picture",
      next: "It is in no format that is taken here. Save it as JPEG or PNG; HEIC photos of phones, too.",
    },
    undecodable_here: {
      title: "Not shown here",
      next: "This browser cannot decode the file. Save it as JPEG or PNG, or switch private mode off and try again.",
      retry: true,
    },
    truncated: {
      title: "File cut short",
      next: "The file ends before its picture does. Copy or download it again.",
    },
    corrupt_image: { title: "Damaged file", next: "Save the picture again from its source." },
    too_many_pixels: {
      title: "Too large",
      next: "The picture has more pixels than the service takes. Send a smaller copy of it.",
      smaller: true,
    },
    body_too_large: {
      title: "Too large",
      next: "The file is larger than the service takes. Send a smaller copy of it.",
      smaller: true,
    },
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
      next: "The upload took too long. Send a smaller copy, or try again with a better connection; “Smaller uploads” under the options does so for all photos.",
      retry: true,
      smaller: true,
    },
    unreachable: {
      title: "No answer",
      next: "The service cannot be reached. See whether it runs; it goes on by itself when the service is back.",
      retry: true,
    },
    unknown_attribute: {
      title: "Not estimated any more",
      next: "Another model answers now, which does not estimate what you asked for. Try again without it.",
      retry: true,
    },
    invalid_key: {
      title: "API key needed",
      next: "Enter an API key that this service knows (“API key”, at the top); this photo then goes on by itself.",
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
  } as Record<string, Advice>,

  card: {
    what: "The model card",
    table: "Table",
  },
};

export type Words = typeof t;

function formatName(format: string): string {
  return format === "webp" ? "WebP" : format.toUpperCase();
}
