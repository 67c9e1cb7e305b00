// Files dropped anywhere on the page, or chosen, go straight to the server over HTTP; only names and progress pass the circuit.

const parallel = 3;
const reportEvery = 250; // ms
const atOnce = 20; // files named in one message: long names of many would be more than a circuit takes
const mostRows = 450; // files on the page; more are named when others are through

/**
 * @param input the file input
 * @param component has Begin(files) -> { path, refused: keys } or null, Progress(key, sent), End(key, problem or null), all by key
 */
export function attach(input, component) {
  const running = new Map();
  const waiting = [];
  const patient = []; // sends that wait for room
  let next = 1;
  let taken = false; // the first file goes alone: it may name the assistant
  let depth = 0;
  let gone = false;

  const call = (method, ...args) => gone ? Promise.resolve(null) : component.invokeMethodAsync(method, ...args).catch(() => null);
  const dragging = on => document.documentElement.classList.toggle("dragging-files", on);
  const carriesFiles = event => [...(event.dataTransfer?.types ?? [])].includes("Files");

  const onEnter = event => { if (carriesFiles(event)) { event.preventDefault(); depth++; dragging(true); } };
  const onOver = event => { if (carriesFiles(event)) { event.preventDefault(); event.dataTransfer.dropEffect = "copy"; } };
  const onLeave = event => { if (carriesFiles(event) && --depth <= 0) { depth = 0; dragging(false); } };
  const onDrop = event => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth = 0;
    dragging(false);
    sendDropped(carried(event.dataTransfer));
  };
  const sendDropped = drop => filesOf(drop).then(files => send(files));
  const onChoose = () => { const files = [...input.files]; input.value = ""; send(files); };
  // A file input in a row's menu names the file that it replaces.
  const onReplace = event => {
    const { replaces } = event.target.dataset ?? {};
    if (!replaces || event.target.files.length === 0) return;
    const [file] = event.target.files;
    event.target.value = "";
    event.target.closest("details")?.removeAttribute("open");
    send([file], replaces);
  };
  const onLeavePage = event => { if (running.size + waiting.length > 0) event.preventDefault(); };

  document.addEventListener("dragenter", onEnter);
  document.addEventListener("dragover", onOver);
  document.addEventListener("dragleave", onLeave);
  document.addEventListener("drop", onDrop);
  window.addEventListener("beforeunload", onLeavePage);
  input.addEventListener("change", onChoose);
  document.addEventListener("change", onReplace);
  input.dataset.ready = "true";

  /** @param replaces the address of the file that a new one takes the place of; none: the files are added */
  async function send(files, replaces) {
    if (files.length === 0) return;
    for (let from = 0; from < files.length; from += atOnce) {
      while (!gone && running.size + waiting.length > mostRows - atOnce) await new Promise(resolve => patient.push(resolve));
      const items = files.slice(from, from + atOnce).map(file => ({ key: next++, file }));
      const target = await call("Begin", items.map(({ key, file }) => ({ key, name: wellFormed(file.name), size: file.size })));
      if (!target) return;
      const sent = target.path ? items.filter(({ key }) => !target.refused.includes(key)) : [];
      waiting.push(...sent.map(item => ({ ...item, url: replaces ?? target.path, method: replaces ? "PUT" : "POST" })));
      pump();
    }
  }

  function pump() {
    while (running.size < (taken ? parallel : 1) && waiting.length > 0) start(waiting.shift());
    for (const resolve of patient.splice(0)) resolve();
  }

  function start({ key, file, url, method }) {
    const request = new XMLHttpRequest();
    running.set(key, request);
    let reported = 0;
    request.upload.onprogress = event => {
      const now = performance.now();
      if (now - reported >= reportEvery) {
        reported = now;
        call("Progress", key, event.loaded);
      }
    };
    request.onloadend = () => {
      running.delete(key);
      taken ||= isTaken(request);
      call("End", key, problem(request));
      pump();
    };
    request.open(method, `${url}${url.includes("?") ? "&" : "?"}name=${encodeURIComponent(wellFormed(file.name))}`);
    request.setRequestHeader("X-Docent-Antiforgery", document.querySelector("meta[name=docent-antiforgery]")?.content ?? "");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.send(file);
  }

  // What came before this was here: chosen between the page's first rendering and now, or dropped before that (early.js).
  if (input.files.length > 0) onChoose();
  document.dispatchEvent(new CustomEvent("docent-takes-files", { detail: sendDropped }));

  return {
    cancel(key) {
      const at = waiting.findIndex(item => item.key === key);
      if (at >= 0) {
        waiting.splice(at, 1);
        call("End", key, "Cancelled.");
        pump();
      } else {
        running.get(key)?.abort();
      }
    },
    dispose() {
      gone = true;
      dragging(false);
      document.removeEventListener("dragenter", onEnter);
      document.removeEventListener("dragover", onOver);
      document.removeEventListener("dragleave", onLeave);
      document.removeEventListener("drop", onDrop);
      window.removeEventListener("beforeunload", onLeavePage);
      input.removeEventListener("change", onChoose);
      document.removeEventListener("change", onReplace);
      waiting.length = 0;
      for (const resolve of patient.splice(0)) resolve();
      for (const request of running.values()) request.abort();
    },
  };
}

/** What was dropped. Must be called while the event is handled: it is gone afterwards. As early.js keeps it. */
function carried({ files, items }) {
  return { files: [...files], entries: [...items].map(item => item.webkitGetAsEntry?.()).filter(Boolean) };
}

/** The files, and those in dropped folders. */
function filesOf({ files, entries }) {
  return entries.some(entry => entry.isDirectory) ? filesIn(entries) : Promise.resolve(files);
}

async function filesIn(entries) {
  const files = [];
  for (const entry of entries) {
    try {
      if (entry.isFile) files.push(await new Promise((resolve, reject) => entry.file(resolve, reject)));
      else files.push(...(await filesIn(await entriesOf(entry))).filter(file => !file.name.startsWith("."))); // .DS_Store and the like
    } catch {
      // Gone, or not to be read by this person: the others still go.
    }
  }
  return files;
}

async function entriesOf(folder) {
  const reader = folder.createReader(), all = [];
  for (; ;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject)); // a hundred at a time, then none
    if (some.length === 0) return all;
    all.push(...some);
  }
}

const isTaken = request => request.status === 201 || request.status === 202;

/** One sentence for the person, or null when the server took the file. */
function problem(request) {
  if (isTaken(request)) return null;
  if (request.status === 0) return "The upload was interrupted. Nothing was saved; upload the file again.";
  try {
    const { detail } = JSON.parse(request.responseText);
    if (detail) return detail.slice(0, 500);
  } catch {
    // No sentence of ours in the answer.
  }
  return request.status === 401 ? "You are signed out. Load the page again and sign in."
    : request.status === 413 ? "This file is too large."
    : request.status === 404 ? "This assistant or file no longer exists."
    : `The server did not take this file (answer ${request.status}). Nothing was saved; try again.`;
}

const wellFormed = name => (name.toWellFormed ? name.toWellFormed() : name.replace(/[\uD800-\uDFFF]/g, "")).slice(0, 255).replace(/[\uD800-\uDBFF]$/, "");
