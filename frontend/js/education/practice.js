// Guided practice: one step at a time, over the list that the page shows without this script.
import { follow, picture, rest } from "./_demonstration.js";
import { add, asCsv, entries, erase, readable, today } from "./_log.js";
import { buzz, hush, keepAwake, speak } from "./_signals.js";
import { dueOn, stepsOf } from "./_steps.js";

const NEW_PLACE = 20; // seconds to get into an exercise
const OTHER_SIDE = 10;
const LETTERS = 13; // that a voice says in a second
const root = document.querySelector("[data-practice]");
const data = JSON.parse(document.getElementById("practice-data")?.textContent ?? "null");
const part = (name) => root.querySelector(`[data-part="${name}"]`);
const show = (name, shown) => (part(name).hidden = !shown);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const words = data?.words;

let steps = [];
let at = 0;
let phase = "idle"; // idle, ready, hold, paced, reps, done
let left = 0; // seconds or repeats still to go
let whole = 0; // what was to go at first
let ends = 0;
let ticking = 0;
let paused = false;

function start() {
  steps = stepsOf(dueOn(data.exercises, (new Date().getDay() + 6) % 7), Number(part("seconds").value));
  show("setup", false);
  show("stage", true);
  show("said", false);
  practising(true);
  keepAwake(true);
  enter(0);
}

/** While it runs, the page is the stage alone. */
function practising(on) {
  document.documentElement.toggleAttribute("data-practising", on);
  document.querySelector("[data-list]").hidden = on;
}

/** Seconds for one lift, up and down; 0 where people count themselves. */
const lift = () => Number(part("pace").value);

/**
 * Go to a step, or to the end. The heading takes focus, so that a screen reader says where we are.
 * `first` is said before the rest, in one breath: a second announcement would cut it off.
 */
function enter(index, first = "") {
  clearInterval(ticking);
  if (!first) hush();
  if (index >= steps.length) return finish(first);
  at = Math.max(0, index);
  paused = false;
  const step = steps[at];
  const side = words[step.side] ?? "";
  part("place").textContent = fill(words.place, { n: at + 1, all: steps.length });
  part("exercise").textContent = step.exercise.name;
  part("spoken-side").textContent = side && `: ${side}`;
  part("progress").max = steps.length;
  part("progress").value = at;
  part("side").dataset.side = step.side;
  part("side").textContent = side;
  show("side", Boolean(side));
  part("leg").textContent = step.exercise.leg[step.side] ?? "";
  show("leg", Boolean(part("leg").textContent));
  picture(part("pictures"), step.exercise, step.side);
  follow(body);
  list("steps", step.exercise.steps);
  list("care-list", step.exercise.cautions);
  list("stop-list", step.exercise.stop_if);
  part("back").disabled = at === 0;
  part("name").focus({ preventScroll: true });
  root.scrollIntoView();
  const isHold = step.kind === "hold";
  const paced = !isHold && lift() > 0;
  const before = steps[index - 1]?.exercise;
  const what = fill(isHold ? words.hold : paced ? words.reps_paced : words.reps, {
    name: step.exercise.name, side, seconds: step.seconds, count: step.count,
  }).replace(", .", ".");
  const care = before === step.exercise ? [] : step.exercise.cautions;
  const said = [first, what, part("leg").textContent, ...(care.length ? [words.care, ...care] : [])];
  tell(said.filter(Boolean).join(" "));
  if (isHold || paced) {
    // Whoever listens hears all of it before it begins.
    const listening = part("voice").checked ? Math.ceil(said.join(" ").length / LETTERS) : 0;
    return countdown("ready", Math.max(before === step.exercise ? OTHER_SIDE : NEW_PLACE, listening));
  }
  phase = "reps";
  left = step.count;
  draw();
}

/** What the drawing is to show now; nothing new while we pause. */
function body() {
  if (paused) return null;
  const over = ends - performance.now();
  return { phase, moment: phase === "hold" ? whole - over / 1000 : 1 - over / (lift() * 1000) };
}

function list(name, items) {
  part(name).replaceChildren(...items.map((text) =>
    Object.assign(document.createElement("li"), { textContent: text })));
  show(`${name.replace("-list", "")}-box`, items.length > 0);
}

function countdown(next, seconds) {
  phase = next;
  whole = left = seconds;
  ends = performance.now() + seconds * 1000;
  clearInterval(ticking);
  ticking = setInterval(tick, 200);
  draw();
}

function tick() {
  if (paused) return;
  if (phase === "paced") return pace();
  const now = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
  if (now !== left) {
    left = now;
    draw();
    if (phase === "hold" && left === Math.floor(whole / 2)) tell(words.half);
  }
  if (left > 0) return;
  if (phase === "ready") begin();
  else leave();
}

/** From getting ready into the exercise itself. */
function begin() {
  if (phase !== "ready") return;
  const step = steps[at];
  signal(step.kind === "hold" ? words.go : words.paced);
  if (document.activeElement === part("begin")) part("name").focus({ preventScroll: true });
  paused = false;
  keepAwake(true);
  if (step.kind === "hold") return countdown("hold", step.seconds);
  countdown("paced", step.count);
  ends = performance.now() + lift() * 1000;
}

/** One more lift is counted whenever its seconds are over. */
function pace() {
  if (performance.now() < ends) return;
  ends += lift() * 1000;
  // The last number would be cut off by what comes after it.
  if (part("voice").checked && left > 1) speak(String(whole - left + 1), document.documentElement.lang);
  count();
}

/** The large figure. It is a timer for screen readers too, but one that does not interrupt. */
function draw() {
  const step = steps[at];
  const counts = phase === "reps" || phase === "paced";
  part("figure").textContent = counts ? step.count - left : left;
  part("unit").textContent = counts
    ? fill(words.of, { count: step.count })
    : phase === "ready" ? words.ready : words.seconds;
  part("bar").max = counts ? step.count : whole;
  part("bar").value = phase === "ready" ? 0 : part("bar").max - left;
  part("pause").textContent = paused ? words.go_on : words.pause;
  show("count", phase === "reps");
  show("begin", phase === "ready");
  show("pause", phase !== "reps");
  for (const name of ["slower", "faster"]) show(name, phase === "paced");
}

function count() {
  if (phase !== "reps" && phase !== "paced") return;
  left -= 1;
  draw();
  if (left === 0) leave();
}

/** This step is done: say what comes, and go there. */
function leave() {
  const next = steps[at + 1]?.exercise;
  if (part("vibrate").checked) buzz();
  enter(at + 1, next === steps[at].exercise && next.each_side ? words.change : words.rest);
}

/** Another pace, also in the middle of a lift; -1 is faster, 1 slower. */
function changePace(by) {
  const before = lift();
  const at = part("pace").selectedIndex + by;
  if (!before || !Number(part("pace").options[at]?.value)) return;
  part("pace").selectedIndex = at;
  const now = performance.now();
  if (phase === "paced") ends = now + (ends - now) * lift() / before;
  tell(part("pace").selectedOptions[0].textContent);
}

function togglePause() {
  if (!["ready", "hold", "paced"].includes(phase)) return;
  paused = !paused;
  if (!paused) ends = performance.now() + (phase === "paced" ? lift() : left) * 1000;
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
  rest();
  phase = "idle";
  show("stage", false);
  show("end", false);
  show("setup", true);
  practising(false);
  part("start").focus();
}

function finish(first) {
  clearInterval(ticking);
  rest();
  phase = "done";
  keepAwake(false);
  show("stage", false);
  show("end", true);
  part("end-heading").focus({ preventScroll: true });
  root.scrollIntoView();
  tell([first, words.done].filter(Boolean).join(" "));
}

function save(event) {
  event.preventDefault();
  const kept = add({
    day: today(),
    guide: data.guide,
    discomfort: Number(part("discomfort").value),
  });
  // A plan ticks its day.
  document.dispatchEvent(new CustomEvent("practised", { detail: Number(part("discomfort").value) }));
  drawLog();
  part("log-form").reset();
  stop();
  part("said").textContent = kept ? words.saved : words.not_saved;
  show("said", true);
  tell(part("said").textContent);
  if (!kept) return;
  part("log").open = true;
  part("log-summary").focus();
}

function rows() {
  return entries().map(({ day, guide, discomfort }) => [day, guide, discomfort]);
}

function drawLog() {
  const kept = rows();
  show("log", kept.length > 0);
  part("log-rows").replaceChildren(...kept.reverse().map(([day, ...rest]) => {
    const line = document.createElement("tr");
    line.append(...[readable(day), ...rest].map((value) =>
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
  show("said", false);
  part("start").focus();
  tell(words.erased);
}

if (root && data?.exercises.length) {
  root.hidden = false;
  const actions = {
    start, count, begin, stop, leave: stop, pause: togglePause, download, erase: eraseLog,
    back: () => enter(at - 1), next: () => enter(at + 1),
    slower: () => changePace(1), faster: () => changePace(-1),
  };
  for (const [name, action] of Object.entries(actions)) part(name).addEventListener("click", action);
  part("log-form").addEventListener("submit", save);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !paused && ["ready", "hold", "paced", "reps"].includes(phase)) keepAwake(true);
  });
  if (!("speechSynthesis" in window)) part("voice").closest("div").hidden = true;
  if (!("vibrate" in navigator)) part("vibrate").closest("div").hidden = true;
  drawLog();
}
