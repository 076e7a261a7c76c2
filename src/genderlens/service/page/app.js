// The page: photos to /predict, one request each, answers in words. No photo is stored.

const ADVICE = {
  uncertain: "The face is too close to call for this model. A larger, sharper, frontal photo may help.",
  no_person: "No face that is large and clear enough was found. Use a photo that shows one face.",
  many_people: "Several prominent faces are in view. Crop the photo, or choose above what to do and try again.",
  unsupported_format: "Use a JPEG, PNG, WebP, GIF or AVIF file.",
  truncated: "The file ends early. Copy or download it again.",
  corrupt_image: "The file is damaged. Save it again from its source.",
  too_many_pixels: "The photo is too large. Scale it down.",
  body_too_large: "The file is too large. Save it smaller.",
  too_small: "The photo is too small to hold a face.",
  overloaded: "The server is busy. Try again in a moment.",
  not_ready: "The model is still being loaded. Try again in a moment.",
};
const HEADINGS = {
  uncertain: "uncertain",
  no_person: "no person found",
  many_people: "several people",
};

const RETRIABLE = new Set(["many_people", "overloaded", "not_ready", "internal_error"]);

const byId = (id) => document.getElementById(id);
const results = byId("results");

function addPhotos(files) {
  for (const file of files) void answerPhoto(createCard(file), file);
}

function createCard(file) {
  const card = byId("card").content.firstElementChild.cloneNode(true);
  card.querySelector("h2").textContent = file.name || "pasted photo";
  const image = card.querySelector("img");
  image.alt = `Photo ${file.name || "pasted"}`;
  image.addEventListener("error", () => image.remove());
  image.src = URL.createObjectURL(file);
  card.querySelector(".retry").addEventListener("click", () => void answerPhoto(card, file));
  results.prepend(card);
  return card;
}

async function answerPhoto(card, file) {
  setVerdict(card, "", "looking…", "");
  card.querySelector(".retry").hidden = true;
  try {
    const body = new FormData();
    body.append("file", file);
    const faces = encodeURIComponent(byId("faces").value);
    const response = await fetch(`../predict?faces=${faces}`, { method: "POST", body });
    showAnswer(card, await response.json());
  } catch {
    setVerdict(card, "failed", "no answer", "The server cannot be reached. Is it running?");
    card.querySelector(".retry").hidden = false;
  }
}

function showAnswer(card, answer) {
  const code = answer.code ?? answer.outcome;
  card.querySelector(".faces").replaceChildren();
  card.querySelectorAll(".box").forEach((box) => box.remove());
  for (const [index, face] of (answer.faces ?? []).entries()) showFace(card, face, index, answer);
  if (answer.outcome === "classified") setVerdict(card, "", headline(answer), "");
  else if (code in HEADINGS) setVerdict(card, code === "uncertain" ? code : "refused", HEADINGS[code], ADVICE[code]);
  else setVerdict(card, "failed", "not answered", ADVICE[code] ?? answer.detail ?? "Something went wrong.");
  card.querySelector(".retry").hidden = !RETRIABLE.has(code);
  offerCopy(card, answer);
}

function headline(answer) {
  if (answer.faces.length > 1) return `${answer.faces.length} faces`;
  return `looks ${answer.prediction}, ${percent(answer.confidence)} sure`;
}

function showFace(card, face, index, answer) {
  const bars = document.createElement("div");
  bars.className = "bars";
  for (const label of ["female", "male"]) {
    const share = face.probabilities[label];
    const bar = document.createElement("progress");
    bar.value = share;
    bar.max = 1;
    bar.setAttribute("aria-label", `probability of ${label}`);
    const name = answer.faces.length > 1 ? `${index + 1} ${label}` : label;
    bars.append(text("span", name), bar, text("span", percent(share)));
  }
  card.querySelector(".faces").append(bars);
  if (face.box) drawBox(card, face.box);
}

function drawBox(card, [left, top, right, bottom]) {
  const image = card.querySelector("img");
  if (!image) return;
  const place = () => {
    const box = document.createElement("div");
    box.className = "box";
    box.style.left = `${(100 * left) / image.naturalWidth}%`;
    box.style.top = `${(100 * top) / image.naturalHeight}%`;
    box.style.width = `${(100 * (right - left)) / image.naturalWidth}%`;
    box.style.height = `${(100 * (bottom - top)) / image.naturalHeight}%`;
    card.querySelector(".frame").append(box);
  };
  image.decode().then(place, () => {});
}

function setVerdict(card, kind, verdict, advice) {
  card.className = kind;
  card.querySelector(".verdict").textContent = verdict;
  card.querySelector(".advice").textContent = advice;
}

function offerCopy(card, answer) {
  const button = card.querySelector(".copy");
  button.hidden = !navigator.clipboard;
  button.onclick = async () => {
    await navigator.clipboard.writeText(JSON.stringify(answer, null, 2));
    button.textContent = "Copied";
  };
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;

function text(tag, content) {
  const element = document.createElement(tag);
  element.textContent = content;
  return element;
}

async function watchHealth() {
  const status = byId("status");
  try {
    const answer = await (await fetch("../health")).json();
    status.className = answer.model_loaded ? "ready" : "";
    const waiting = answer.detail ?? "the model is being loaded…";
    byId("status-text").textContent = answer.model_loaded ? `ready, model ${answer.model_version}` : waiting;
  } catch {
    status.className = "down";
    byId("status-text").textContent = "the server cannot be reached";
  }
  setTimeout(watchHealth, status.className === "ready" ? 15000 : 1000);
}

byId("files").addEventListener("change", (event) => {
  addPhotos(event.target.files);
  event.target.value = "";
});
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  byId("drop").classList.add("over");
});
document.addEventListener("dragleave", () => byId("drop").classList.remove("over"));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  byId("drop").classList.remove("over");
  addPhotos(event.dataTransfer.files);
});
document.addEventListener("paste", (event) => addPhotos(event.clipboardData.files));
byId("drop").addEventListener("submit", (event) => event.preventDefault());
void watchHealth();
