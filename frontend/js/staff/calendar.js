// The calendar. Everything stands in the page already; this puts it by the clock, fills in the quarter of an
// hour that is pressed, and asks before a visit moves. Times are wall-clock times of each column's location.
const grid = document.querySelector("[data-calendar]");
const dialog = document.getElementById("move-dialog");
const QUARTER = 15;
const STARTS_A_DRAG = 5; // pixels
const EDGE = 40; // pixels from an edge of the calendar, where a drag scrolls it

const pad = (number) => String(number).padStart(2, "0");
const hhmm = (minute) => `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`;
const words = (text) => {
  const [hour, minute] = text.slice(-5).split(":").map(Number);
  if (hour === 12 && !minute) return "midday";
  return `${hour % 12 || 12}${minute ? `:${pad(minute)}` : ""}${hour < 12 ? "am" : "pm"}`;
};
const later = (start, minutes) => new Date(Date.parse(`${start}Z`) + minutes * 60_000).toISOString().slice(0, 16);
const day = (start) => new Date(`${start}Z`).toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
const number = (element, name) => Number(element.dataset[name]);

function place() {
  const [first, last] = [number(grid, "first"), number(grid, "last")];
  grid.style.setProperty("--minutes", last - first);
  for (const label of grid.querySelectorAll("[data-hour]")) label.style.setProperty("--from", number(label, "hour") * 60 - first);
  for (const item of grid.querySelectorAll("[data-from]")) {
    const from = Math.max(number(item, "from"), first);
    const to = Math.min(number(item, "to"), last);
    item.hidden = to <= from;
    putAt(item, from, to);
    item.style.setProperty("--lane", item.dataset.lane || 0);
    item.style.setProperty("--lanes", item.dataset.lanes || 1);
  }
  grid.dataset.drawn = "";
}

function putAt(item, from, to) {
  item.style.setProperty("--from", from - number(grid, "first"));
  item.style.setProperty("--for", to - from);
}

// The visit that was just moved or refused, else now, else what comes first.
function scrollToWhatMatters() {
  const reference = new URLSearchParams(location.hash.slice(1)).get("visit");
  const visits = [...grid.querySelectorAll(".desk-cal-visit:not(.desk-cal-gone)")];
  const visit = visits.find((one) => one.dataset.reference === reference);
  const found = visit || grid.querySelector(".desk-cal-now") || visits[0];
  if (found) grid.scrollTop = found.offsetTop - grid.clientHeight / 3;
  if (visit) grid.scrollLeft = visit.closest("[data-column]").offsetLeft - grid.clientWidth / 3;
  visit?.querySelector("a")?.focus({ preventScroll: true });
}

const says = document.querySelector("[data-calendar-says]");
function say(text) {
  says.textContent = text;
}

function minuteAt(items, y) {
  const box = items.getBoundingClientRect();
  const [first, last] = [number(grid, "first"), number(grid, "last")];
  return first + ((y - box.top) / box.height) * (last - first);
}

// A gap is one link. Where it is pressed, and the arrow keys, say at which quarter of an hour it books.
function choose(link, minute) {
  const item = link.parentElement;
  const [from, to] = [number(item, "from"), number(item, "to")];
  const quarter = Math.floor(minute / QUARTER) * QUARTER;
  const last = Math.max(from, (Math.ceil(to / QUARTER) - 1) * QUARTER);
  const chosen = Math.min(Math.max(quarter, from), last);
  link.dataset.minute = chosen;
  link.href = link.closest("[data-book]").dataset.book + hhmm(chosen);
  const text = link.querySelector("[data-gap-time]");
  text.textContent = `${grid.dataset.wordBook} ${words(hhmm(chosen))}`;
  text.style.setProperty("--at", chosen - Math.max(from, number(grid, "first")));
}

function readGap(link) {
  const from = number(link.parentElement, "from");
  link.addEventListener("pointermove", ({ clientY }) => choose(link, minuteAt(link.closest("ol"), clientY)));
  link.addEventListener("focus", () => link.matches(":focus-visible") && choose(link, Math.max(from, number(grid, "first"))));
  link.addEventListener("click", (event) => {
    // Enter is a click without a place.
    if (event.detail) choose(link, minuteAt(link.closest("ol"), event.clientY));
  });
  link.addEventListener("keydown", (event) => {
    const step = { ArrowDown: QUARTER, ArrowUp: -QUARTER }[event.key];
    if (!step || event.altKey) return;
    event.preventDefault();
    const now = Number(link.dataset.minute ?? from);
    const off = now % QUARTER;
    choose(link, step < 0 && off ? now - off : now + step);
  });
}

// Outside of the hours or in a closure there is no gap: the form says why not, or how to book anyway.
function bookElsewhere(event) {
  if (event.target.closest("a, button, .desk-cal-visit")) return;
  const items = event.currentTarget;
  const column = items.closest("[data-column]");
  const minute = Math.floor(minuteAt(items, event.clientY) / QUARTER) * QUARTER;
  if (`${column.dataset.day}T${hhmm(minute)}` <= column.dataset.now) return say(grid.dataset.wordPast);
  location.assign(items.dataset.book + hhmm(minute));
}

// Why this visit cannot be dropped in that column; empty where it can.
function whyNot(visit, column) {
  const { location: place, people, room } = visit.dataset;
  if (place !== column.dataset.location) return grid.dataset.wordElsewhere;
  if (column.dataset.room && column.dataset.room !== room) return grid.dataset.wordRoom;
  const who = column.dataset.practitioner;
  if (who && !people.split(" ").includes(who)) return `${column.dataset.name}: ${grid.dataset.wordService} ${visit.dataset.service}.`;
  return "";
}

const form = dialog?.querySelector("form");
let asked = null;

function ask(visit, start, practitioner = visit.dataset.practitioner) {
  asked = visit;
  say("");
  form.action = visit.dataset.move;
  form.elements.version.value = visit.dataset.version;
  form.elements.start.value = start;
  form.elements.next.value = `${grid.dataset.here}#visit=${visit.dataset.reference}`;
  for (const option of form.elements.practitioner.options) {
    const theirs = option.value === visit.dataset.practitioner;
    option.disabled = option.hidden = !theirs && (!option.dataset.locations.split(" ").includes(visit.dataset.location) || !visit.dataset.people.split(" ").includes(option.value));
    option.selected = option.value === practitioner;
  }
  dialog.querySelector("[data-move-name]").textContent = visit.dataset.name;
  dialog.querySelector("[data-move-reference]").textContent = visit.dataset.reference;
  dialog.querySelector("[data-move-from]").textContent = said(visit.dataset.start, visit.dataset.practitioner);
  sayNew();
  dialog.showModal();
}

function said(start, practitioner) {
  const minutes = number(asked, "to") - number(asked, "from");
  const who = [...form.elements.practitioner.options].find((option) => option.value === practitioner);
  return `${day(start)}, ${words(start)}–${words(later(start, minutes))}${who ? `, ${who.text}` : ""}`;
}

function sayNew() {
  const { start, practitioner } = form.elements;
  const whole = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(start.value);
  dialog.querySelector("[data-move-to]").textContent = whole ? said(start.value, practitioner.value) : "";
  dialog.querySelector("[data-move-other]").hidden = practitioner.value === asked.dataset.practitioner;
}

// The click that follows a drag would open the visit, or book where it was dropped.
function swallowTheClick() {
  const swallow = (click) => {
    click.preventDefault();
    click.stopPropagation();
  };
  addEventListener("click", swallow, { capture: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0);
}

function drag(visit, down) {
  const items = visit.closest("ol");
  const from = number(visit, "from");
  const length = number(visit, "to") - from;
  const grip = minuteAt(items, down.clientY) - from;
  let ghost = null;
  let target = null;

  function move(event) {
    if (!ghost) {
      if (Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < STARTS_A_DRAG) return;
      ghost = visit.cloneNode(true);
      ghost.classList.add("desk-cal-ghost");
      visit.classList.add("desk-cal-dragged");
      visit.setPointerCapture(down.pointerId);
    }
    const box = grid.getBoundingClientRect();
    const towards = (at, start, end) => (at < start + EDGE ? -12 : at > end - EDGE ? 12 : 0);
    grid.scrollBy(towards(event.clientX, box.left, box.right), towards(event.clientY, box.top, box.bottom));
    const columns = [...grid.querySelectorAll("[data-column]")];
    const under = (one) => one.getBoundingClientRect().left <= event.clientX && event.clientX < one.getBoundingClientRect().right;
    target = columns.find(under) || target || visit.closest("[data-column]");
    const list = target.querySelector("ol");
    const by = Math.round((minuteAt(list, event.clientY) - grip - from) / QUARTER) * QUARTER;
    const start = Math.min(Math.max(from + by, number(grid, "first")), number(grid, "last") - QUARTER);
    list.append(ghost);
    putAt(ghost, start, start + length);
    ghost.dataset.start = `${target.dataset.day}T${hhmm(start)}`;
    ghost.querySelector(".desk-cal-lines span").textContent = words(hhmm(start));
    ghost.classList.toggle("desk-cal-no", whyNot(visit, target) !== "");
  }

  function end(event) {
    for (const name of ["pointermove", "pointerup", "pointercancel", "keydown"]) removeEventListener(name, handlers[name]);
    visit.classList.remove("desk-cal-dragged");
    if (!ghost) return;
    swallowTheClick();
    const { start } = ghost.dataset;
    const practitioner = target.dataset.practitioner || visit.dataset.practitioner;
    const same = start === visit.dataset.start && practitioner === visit.dataset.practitioner;
    const reason = whyNot(visit, target);
    if (event.type !== "pointerup" || same || reason) {
      ghost.remove();
      if (event.type === "pointerup" && reason) say(`${visit.dataset.name}: ${reason}`);
      return;
    }
    dialog.addEventListener("close", () => ghost.remove(), { once: true });
    ask(visit, start, practitioner);
  }

  const handlers = { pointermove: move, pointerup: end, pointercancel: end, keydown: (event) => event.key === "Escape" && end(event) };
  for (const [name, handler] of Object.entries(handlers)) addEventListener(name, handler);
}

function readVisit(visit) {
  const link = visit.querySelector("a");
  const button = visit.querySelector("[data-open-move]");
  button.hidden = false;
  button.addEventListener("click", () => ask(visit, visit.dataset.start));
  visit.addEventListener("pointerdown", (event) => {
    // A finger scrolls; it has the button.
    if (event.button || event.pointerType === "touch" || event.target.closest("button")) return;
    drag(visit, event);
  });
  link.addEventListener("keydown", (event) => {
    const step = { ArrowDown: QUARTER, ArrowUp: -QUARTER }[event.key];
    if (!step || !event.altKey) return;
    event.preventDefault();
    ask(visit, later(visit.dataset.start, step));
  });
}

if (grid) {
  place();
  scrollToWhatMatters();
  for (const link of grid.querySelectorAll("[data-gap]")) readGap(link);
  for (const items of grid.querySelectorAll("[data-book]")) items.addEventListener("click", bookElsewhere);
}
if (grid && dialog) {
  for (const visit of grid.querySelectorAll("[data-move]")) readVisit(visit);
  form.addEventListener("input", sayNew);
  for (const button of dialog.querySelectorAll("[data-move-by]")) {
    button.addEventListener("click", () => {
      form.elements.start.value = later(form.elements.start.value, number(button, "moveBy"));
      sayNew();
    });
  }
  dialog.querySelector("[data-move-cancel]").addEventListener("click", () => dialog.close());
}
