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

/** Put new times in place of the old, with the time that was chosen, if it still is there. */
function show(fresh) {
  const chosen = region().querySelector("input[type=radio]:checked")?.value;
  region().replaceWith(document.adoptNode(fresh));
  loadedAt = Date.now();
  const same = chosen && region().querySelector(`input[value="${CSS.escape(chosen)}"]`);
  if (same) same.checked = true;
  return !chosen || Boolean(same);
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
    const kept = show(fresh);
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
