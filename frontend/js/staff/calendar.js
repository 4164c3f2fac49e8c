// The diary to drag in. Times are the location's wall clock, which FullCalendar is told is UTC; dropping a
// visit fills in the same form as on its page and asks first.
import { Calendar } from "@fullcalendar/core";
import dayGridPlugin from "@fullcalendar/daygrid";
import interactionPlugin from "@fullcalendar/interaction";
import timeGridPlugin from "@fullcalendar/timegrid";

const place = document.getElementById("calendar");
const whose = document.getElementById("calendar-who");
const dialog = document.getElementById("move-dialog");

// The practitioner stays unless somebody chooses another; then the dialog says from whom to whom.
function sayWho(select) {
  const [from] = [...select.options].filter((option) => option.defaultSelected);
  const to = select.selectedOptions[0];
  const other = dialog.querySelector("[data-move-other]");
  other.hidden = !from || !to || from === to;
  dialog.querySelector("[data-move-change]").textContent = other.hidden ? "" : `${from.text} → ${to.text}`;
}

function ask(info) {
  const form = dialog.querySelector("form");
  const { reference, version, practitioner, move } = info.event.extendedProps;
  form.action = move;
  form.elements.version.value = version;
  form.elements.start.value = info.event.startStr.slice(0, 16);
  for (const option of form.elements.practitioner.options) {
    option.defaultSelected = option.selected = option.value === String(practitioner);
  }
  form.elements.next.value = place.dataset.here + info.event.startStr.slice(0, 10);
  dialog.querySelector("[data-move-reference]").textContent = reference;
  sayWho(form.elements.practitioner);
  form.elements.practitioner.onchange = ({ target }) => sayWho(target);
  dialog.addEventListener("close", () => info.revert(), { once: true });
  dialog.showModal();
}

// Name, time, and practitioner with the state. A narrow block cuts them short, so the whole stands in its
// title; in a diary of everybody it begins with whose visit it is.
function lines({ event, timeText, view }) {
  if (event.display === "background" || !view.type.startsWith("timeGrid")) return true;
  const { who, state } = event.extendedProps;
  const block = document.createElement("div");
  block.className = "desk-cal-lines";
  for (const [part, text] of [["name", event.title], ["time", timeText], ["who", `${who} · ${state}`]]) {
    const line = document.createElement("span");
    line.className = `desk-cal-${part}`;
    line.textContent = text;
    block.append(line, " ");
  }
  const initials = document.createElement("span");
  initials.textContent = who.split(" ").map((part) => part[0]).join("");
  if (!whose.value) block.firstChild.prepend(initials, " ");
  return { domNodes: [block] };
}

function name({ event, el, timeText }) {
  const { who, state } = event.extendedProps;
  if (who) el.title = [timeText, event.title, who, state].join(", ");
}

// The hours that are worked, and those of a visit that lies outside them.
function stretch(events) {
  const { first, last } = place.dataset;
  const visits = events.filter(({ display }) => display !== "background");
  const begins = visits.map(({ start }) => start.getUTCHours());
  const ends = visits.map(({ start, end }) => (end.getUTCDate() === start.getUTCDate() ? Math.ceil(end.getUTCHours() + end.getUTCMinutes() / 60) : 24));
  const hours = { slotMinTime: Math.min(first, ...begins), slotMaxTime: Math.max(last, ...ends) };
  for (const [name, value] of Object.entries(hours)) {
    if (this.getOption(name).hours !== value) this.setOption(name, { hours: value });
  }
}

// As everywhere else in the diary: "9am" and "2:30pm" in English, "14:30" elsewhere.
const locale = document.documentElement.lang || "en-gb";
const clock = { hour: "numeric", hour12: locale.startsWith("en"), meridiem: "short", omitZeroMinute: true };

if (place) {
  const { rows, day, now, today, one, week, month, before, after, asList, list, first, last } = place.dataset;
  const calendar = new Calendar(place, {
    plugins: [dayGridPlugin, timeGridPlugin, interactionPlugin],
    initialView: matchMedia("(min-width: 50em)").matches ? "timeGridWeek" : "timeGridDay",
    initialDate: day,
    now,
    timeZone: "UTC",
    firstDay: 1,
    locale,
    eventTimeFormat: { ...clock, minute: "2-digit", omitZeroMinute: false },
    slotLabelFormat: { ...clock, minute: "2-digit" },
    nowIndicator: true,
    allDaySlot: false,
    slotMinTime: { hours: Number(first) },
    slotMaxTime: { hours: Number(last) },
    slotDuration: "00:15:00",
    slotLabelInterval: "01:00",
    defaultRangeSeparator: "–",
    // The month stands in the title; a column of a phone has no room for it.
    views: { timeGridWeek: { dayHeaderFormat: { weekday: "short", day: "numeric" }, displayEventEnd: false } },
    snapDuration: "00:05:00",
    height: "auto",
    slotEventOverlap: false,
    eventDurationEditable: false,
    eventInteractive: true,
    // Words, not the icon font, which is a data: address that the policy refuses.
    buttonIcons: false,
    buttonText: { prev: before, next: after, today, day: one, week, month },
    headerToolbar: { start: "prev,next today", center: "title", end: "timeGridDay,timeGridWeek,dayGridMonth list" },
    customButtons: { list: { text: asList, click: () => location.assign(list + calendar.getDate().toISOString().slice(0, 10)) } },
    events: { url: rows, extraParams: () => ({ who: whose.value }) },
    eventContent: lines,
    eventDidMount: name,
    eventDrop: ask,
    eventsSet: stretch,
  });
  calendar.render();
  whose.addEventListener("change", () => calendar.refetchEvents());
  dialog.querySelector("[data-move-cancel]").addEventListener("click", () => dialog.close());
}
