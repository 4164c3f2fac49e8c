// Other days and other people without a new page. The links are ordinary ones; this only fetches the
// page that they lead to and takes its times. Whatever goes wrong, the browser follows the link.

const region = () => document.querySelector("[data-times]");
const STALE_AFTER = 60_000;
let loadedAt = Date.now();
let latest = null;
let shown = location.search;

/** Says something to screen readers that sighted visitors see for themselves. */
const voice = document.createElement("p");
voice.className = "nhsuk-u-visually-hidden";
voice.setAttribute("role", "status");
document.body.append(voice);

function say(text) {
  voice.textContent = "";
  // A change of the text is announced, not its being there: one frame apart.
  requestAnimationFrame(() => (voice.textContent = text));
}

/** The times of the page at `url`; null where it is another page by now, or no page at all. */
async function fetchTimes(url) {
  latest?.abort();
  latest = new AbortController();
  const answer = await fetch(url, { signal: latest.signal, cache: "no-store" });
  if (!answer.ok || new URL(answer.url).pathname !== location.pathname) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector("[data-times]");
}

const MOST = 3;
/** The chosen times in the order in which they were tapped: value and day with time. */
let picks = [];

const boxes = () => [...region().querySelectorAll("input[name=times]")];
const boxOf = (value) => boxes().find((box) => box.value === value);

function named(box) {
  const day = box.closest(".day")?.querySelector("legend")?.textContent.trim() ?? "";
  return `${day} ${box.labels[0].textContent.trim()}`.trim();
}

/** Chosen when the page came: in the order that the server knows. */
function readPicks() {
  const known = (region().querySelector("input[name=order]")?.value ?? "").split(",");
  const rank = (value) => (known.indexOf(value) + 1 || MOST + 1);
  const checked = boxes().filter((box) => box.checked);
  picks = checked.map((box) => ({ value: box.value, name: named(box) })).sort((a, b) => rank(a.value) - rank(b.value));
  drawPicks();
}

/** The numbers on the chips, the line above the button, and what the form sends. */
function drawPicks() {
  const form = region().querySelector("form");
  const line = region().querySelector("[data-picked]");
  const order = region().querySelector("input[name=order]");
  if (!form || !line || !order) return; // a single choice needs none of it
  for (const box of boxes()) {
    const rank = picks.findIndex((pick) => pick.value === box.value);
    box.checked = rank >= 0;
    if (rank >= 0 && picks.length > 1) box.labels[0].dataset.rank = rank + 1;
    else delete box.labels[0].dataset.rank;
  }
  order.value = picks.map((pick) => pick.value).join(",");
  for (const old of form.querySelectorAll("input[data-elsewhere]")) old.remove();
  for (const pick of picks.filter((one) => !boxOf(one.value))) {
    const box = Object.assign(document.createElement("input"), { type: "hidden", name: "times", value: pick.value });
    box.dataset.elsewhere = "";
    form.append(box);
  }
  line.hidden = picks.length === 0;
  line.textContent = picks.map((pick, rank) => (picks.length > 1 ? `${rank + 1}. ${pick.name}` : pick.name)).join(" · ");
}

/** The days of the strip are one stop of the Tab key; arrow keys go from one to the next. */
function oneStop(focused) {
  const links = [...region().querySelectorAll(".days-strip a")];
  links.forEach((link, number) => (link.tabIndex = (focused ? link === focused : number === 0) ? 0 : -1));
}

document.addEventListener("keydown", (event) => {
  const link = event.target.closest?.(".days-strip a");
  const forward = getComputedStyle(document.documentElement).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
  const back = forward === "ArrowRight" ? "ArrowLeft" : "ArrowRight";
  if (!link || ![forward, back].includes(event.key)) return;
  const item = event.key === forward ? link.parentElement.nextElementSibling : link.parentElement.previousElementSibling;
  const next = item?.querySelector("a");
  if (!next) return;
  event.preventDefault();
  oneStop(next);
  next.focus();
});

function pick(box) {
  picks = picks.filter((one) => one.value !== box.value);
  if (box.checked) picks = [...picks.slice(0, MOST - 1), { value: box.value, name: named(box) }];
  drawPicks();
}

/** Put new times in place of the old, with the times that were chosen, if they still are there. */
function show(fresh, { sameDays = false } = {}) {
  const single = region().querySelector("input[type=radio]:checked")?.value;
  region().replaceWith(document.adoptNode(fresh));
  loadedAt = Date.now();
  const again = single && region().querySelector(`input[value="${CSS.escape(single)}"]`);
  if (again) again.checked = true;
  const gone = sameDays ? picks.filter((one) => one.here && !boxOf(one.value)) : [];
  picks = picks.filter((one) => !gone.includes(one));
  drawPicks();
  oneStop();
  return gone.length === 0 && (!single || Boolean(again));
}

/** Where the reader was: the same link in the first bar that has it, else the days themselves. */
function focusLike(link) {
  const bar = link.closest("nav");
  const same = [...region().querySelectorAll(`nav.${bar.classList[0]}`)][0];
  const links = [...(same?.querySelectorAll("a") ?? [])];
  const again = links.find((one) => one.textContent.trim() === link.textContent.trim());
  const days = same?.querySelector("strong");
  if (!again && days) days.tabIndex = -1;
  (again ?? days ?? region()).focus();
}

async function go(url, link) {
  region().setAttribute("aria-busy", "true");
  try {
    const fresh = await fetchTimes(url);
    if (!fresh) return location.assign(url);
    show(fresh);
    shown = new URL(url, location.href).search;
    if (link) {
      history.pushState(null, "", url);
      focusLike(link);
    }
    say(region().dataset.summary);
  } catch (error) {
    if (error.name !== "AbortError") location.assign(url);
  }
}

/** Back after a while: times may have gone meanwhile. Says so only if it is the chosen one. */
async function refresh() {
  if (document.hidden || Date.now() - loadedAt < STALE_AFTER) return;
  try {
    const fresh = await fetchTimes(location.href);
    if (!fresh) return;
    const focused = document.activeElement?.id;
    const gone = region().dataset.gone;
    for (const one of picks) one.here = Boolean(boxOf(one.value));
    const kept = show(fresh, { sameDays: true });
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    if (!kept) say(gone);
  } catch {
    // No connection: the times stay as they are, and the server checks the one that is sent.
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-times] nav a:not([href^='#'])");
  const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (!link || !plain || event.defaultPrevented) return;
  event.preventDefault();
  go(link.href, link);
});
// A jump to a day of this page is a step of the history too, and changes no times.
addEventListener("popstate", () => {
  if (location.search !== shown) return go(location.href);
  latest?.abort();
  region().removeAttribute("aria-busy");
});
document.addEventListener("visibilitychange", refresh);
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-times] input[name=times][type=checkbox]")) pick(event.target);
});
// A day of the strip that is closed opens with the jump to it.
document.addEventListener("click", (event) => {
  const day = event.target.closest(".days-strip a")?.hash;
  const closed = day && document.getElementById(day.slice(1))?.closest("details");
  if (closed) closed.open = true;
});
readPicks();
oneStop();
