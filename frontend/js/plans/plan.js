// The page of a plan: ticks its days, keeps a copy, and forgets both. Nothing is sent from here by itself.
import { days, forgetDays, tick } from "./_days.js";
import { canKeep, forget, forgetAll, isKept, keep } from "./_kept.js";

const root = document.querySelector("[data-plan]");
const { plan } = root.dataset;
const part = (name) => root.querySelector(`[data-part="${name}"]`);

function draw() {
  const list = part("ticks");
  if (!list) return;
  const form = { weekday: "short", day: "numeric", month: "short" };
  const rows = Object.entries(days(plan)).sort().reverse().map(([day, felt]) => {
    const said = new Date(`${day}T12:00`).toLocaleDateString(document.documentElement.lang, form);
    return Object.assign(document.createElement("li"), { textContent: felt === null ? said : `${said}: ${felt}` });
  });
  list.replaceChildren(...rows);
}

function done(felt) {
  const kept = tick(plan, felt);
  draw();
  if (part("ticked")) part("ticked").textContent = kept ? part("ticked").dataset.done : part("ticked").dataset.failed;
}

function tickToday(event) {
  event.preventDefault();
  const { value } = event.target.elements.felt;
  done(value === "" ? null : Number(value));
  event.target.reset();
}

/** A copy that is kept already is brought up to date whenever the plan itself is open. */
async function offerToKeep() {
  if (!canKeep || !root.dataset.keep) return;
  part("keep").hidden = false;
  const kept = await isKept(root.dataset.kept);
  if (kept) await keep(root.dataset).catch(() => {});
  shown(kept);
}

function shown(kept) {
  for (const name of ["open-kept", "forget-it"]) if (part(name)) part(name).hidden = !kept;
  if (part("keep-it")) part("keep-it").hidden = kept;
}

function say(what) {
  part("kept-said").textContent = part("kept-said").dataset[what];
}

async function keepIt() {
  try {
    await keep(root.dataset);
    shown(true);
    say("kept");
    part("open-kept").focus();
  } catch {
    say("failed");
  }
}

async function forgetIt() {
  await forget(root.dataset.kept);
  forgetDays(plan);
  shown(false);
  draw();
  say("gone");
  part("keep-it")?.focus();
}

/** Whoever closes the page of a shared computer leaves nothing behind. */
async function closePage(event) {
  event.preventDefault();
  forgetDays();
  await forgetAll().catch(() => {});
  event.target.submit();
}

if (part("days")) part("days").hidden = false;
part("tick")?.addEventListener("submit", tickToday);
document.addEventListener("practised", ({ detail }) => done(detail));
for (const form of root.querySelectorAll('[data-part="send"]')) {
  form.addEventListener("submit", () => (form.elements.days.value = JSON.stringify(days(plan))));
}
part("keep-it")?.addEventListener("click", keepIt);
part("forget-it")?.addEventListener("click", forgetIt);
root.querySelector('form[action$="/request/close/"]')?.addEventListener("submit", closePage);
draw();
offerToKeep();
