// Guided practice: one step at a time, over the list that the page shows without this script.
import { add, asCsv, entries, erase } from "./_log.js";
import { buzz, hush, keepAwake, speak } from "./_signals.js";
import { stepsOf } from "./_steps.js";

const READY = 5;
const root = document.querySelector("[data-practice]");
const data = JSON.parse(document.getElementById("practice-data")?.textContent ?? "null");
const part = (name) => root.querySelector(`[data-part="${name}"]`);
const show = (name, shown) => (part(name).hidden = !shown);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const words = data?.words;

let steps = [];
let at = 0;
let phase = "idle"; // idle, ready, hold, reps, done
let left = 0; // seconds or repeats still to go
let ends = 0;
let ticking = 0;
let paused = false;

function start() {
  steps = stepsOf(data.exercises, Number(part("seconds").value));
  show("setup", false);
  show("stage", true);
  document.querySelector("[data-list]").hidden = true;
  keepAwake(true);
  enter(0);
}

/** Go to a step, or to the end. The heading takes focus, so that a screen reader says where we are. */
function enter(index) {
  clearInterval(ticking);
  hush();
  if (index >= steps.length) return finish();
  at = Math.max(0, index);
  paused = false;
  const step = steps[at];
  const side = words[step.side] ?? "";
  part("place").textContent = fill(words.place, { n: at + 1, all: steps.length });
  part("name").textContent = side ? `${step.exercise.name}: ${side}` : step.exercise.name;
  part("progress").max = steps.length;
  part("progress").value = at;
  part("side").dataset.side = step.side;
  part("side").textContent = side;
  show("side", Boolean(side));
  picture(step.exercise);
  list("steps", step.exercise.steps);
  list("stop-list", step.exercise.stop_if);
  part("back").disabled = at === 0;
  part("name").focus();
  const isHold = step.kind === "hold";
  show("count", !isHold);
  show("pause", isHold);
  tell(fill(isHold ? words.hold : words.reps, {
    name: step.exercise.name, side, seconds: step.seconds, count: step.count,
  }));
  if (isHold) countdown("ready", READY);
  else {
    phase = "reps";
    left = step.count;
    draw();
  }
}

function picture(exercise) {
  const figures = exercise.pictures.map(({ url, alt, width, height }) => {
    const img = Object.assign(new Image(width, height), { src: url, alt });
    return img;
  });
  part("pictures").replaceChildren(...figures);
}

function list(name, items) {
  part(name).replaceChildren(...items.map((text) =>
    Object.assign(document.createElement("li"), { textContent: text })));
  show(`${name.replace("-list", "")}-box`, items.length > 0);
}

function countdown(next, seconds) {
  phase = next;
  left = seconds;
  ends = performance.now() + seconds * 1000;
  clearInterval(ticking);
  ticking = setInterval(tick, 200);
  draw();
}

function tick() {
  if (paused) return;
  const now = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
  if (now !== left) {
    left = now;
    draw();
  }
  if (left > 0) return;
  if (phase === "ready") {
    signal(words.go);
    countdown("hold", steps[at].seconds);
  } else {
    signal(at + 1 < steps.length && steps[at + 1].exercise === steps[at].exercise
      ? words.change : words.rest);
    enter(at + 1);
  }
}

/** The large figure. It is a timer for screen readers too, but one that does not interrupt. */
function draw() {
  const step = steps[at];
  const whole = phase === "ready" ? READY : phase === "hold" ? step.seconds : step.count;
  part("figure").textContent = phase === "reps" ? step.count - left : left;
  part("unit").textContent = phase === "reps"
    ? fill(words.of, { count: step.count })
    : phase === "ready" ? words.ready : words.seconds;
  part("bar").max = whole;
  part("bar").value = phase === "ready" ? 0 : whole - left;
  part("pause").textContent = paused ? words.go_on : words.pause;
}

function count() {
  if (phase !== "reps") return;
  left -= 1;
  draw();
  if (left > 0) return;
  signal(at + 1 < steps.length && steps[at + 1].exercise === steps[at].exercise
    ? words.change : words.rest);
  enter(at + 1);
}

function togglePause() {
  if (phase !== "ready" && phase !== "hold") return;
  paused = !paused;
  if (!paused) ends = performance.now() + left * 1000;
  keepAwake(!paused);
  draw();
  tell(paused ? words.paused : words.going);
}

/** Said to a screen reader always; aloud and by vibration where chosen. */
function tell(text) {
  part("live").textContent = text;
  if (part("voice").checked) speak(text, document.documentElement.lang);
}

function signal(text) {
  tell(text);
  if (part("vibrate").checked) buzz();
}

function stop() {
  clearInterval(ticking);
  hush();
  keepAwake(false);
  phase = "idle";
  show("stage", false);
  show("end", false);
  show("setup", true);
  document.querySelector("[data-list]").hidden = false;
  part("start").focus();
}

function finish() {
  clearInterval(ticking);
  phase = "done";
  keepAwake(false);
  show("stage", false);
  show("end", true);
  part("end-heading").focus();
  tell(words.done);
}

function save(event) {
  event.preventDefault();
  const kept = add({
    day: new Date().toISOString().slice(0, 10),
    guide: data.guide,
    discomfort: Number(part("discomfort").value),
  });
  tell(kept ? words.saved : words.not_saved);
  drawLog();
  stop();
}

function rows() {
  return entries().map(({ day, guide, discomfort }) => [day, guide, discomfort]);
}

function drawLog() {
  const kept = rows();
  show("log", kept.length > 0);
  part("log-rows").replaceChildren(...kept.reverse().map((row) => {
    const line = document.createElement("tr");
    line.append(...row.map((value) =>
      Object.assign(document.createElement("td"), { textContent: value })));
    return line;
  }));
}

function download() {
  const file = new Blob([asCsv(rows(), words.columns)], { type: "text/csv" });
  const link = Object.assign(document.createElement("a"), {
    href: URL.createObjectURL(file), download: "practice.csv",
  });
  link.click();
  URL.revokeObjectURL(link.href);
}

function eraseLog() {
  if (!confirm(words.sure)) return;
  erase();
  drawLog();
  part("start").focus();
  tell(words.erased);
}

if (root && data?.exercises.length) {
  root.hidden = false;
  const actions = {
    start, count, stop, pause: togglePause, download, erase: eraseLog,
    back: () => enter(at - 1), next: () => enter(at + 1),
  };
  for (const [name, action] of Object.entries(actions)) part(name).addEventListener("click", action);
  part("log-form").addEventListener("submit", save);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !paused && ["ready", "hold", "reps"].includes(phase)) keepAwake(true);
  });
  if (!("speechSynthesis" in window)) part("voice").closest("div").hidden = true;
  if (!("vibrate" in navigator)) part("vibrate").closest("div").hidden = true;
  drawLog();
}
