// A copy of a plan in this browser's own store, for when there is no connection. Kept only where asked for.
const CACHE = "plans:1";

const cache = () => caches.open(CACHE);
export const canKeep = "serviceWorker" in navigator && "caches" in window;

export async function isKept(address) {
  return canKeep && Boolean(await caches.match(new URL(address, location.href).href, { cacheName: CACHE }));
}

/** The worker below /plan/ answers with the copy; it must be there before the copy is of use. */
async function worker(address) {
  const scope = address.replace(/sw\.js$/, "");
  const registration = await navigator.serviceWorker.register(address, { scope });
  const waiting = registration.installing ?? registration.waiting;
  if (registration.active || !waiting) return;
  await new Promise((resolve) =>
    waiting.addEventListener("statechange", () => waiting.state === "activated" && resolve()));
}

/** The addresses of what a page needs: its pictures, also those of its practice, styles and scripts. */
function filesOf(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const found = [...page.querySelectorAll("img[src], script[src], link[rel=stylesheet], link[rel=preload], link[rel=icon], use[href]")]
    .map((one) => (one.getAttribute("src") ?? one.getAttribute("href")).split("#")[0]);
  const practice = JSON.parse(page.getElementById("practice-data")?.textContent ?? "{}");
  const pictures = (practice.exercises ?? []).flatMap((exercise) => exercise.pictures.map(({ url }) => url));
  return [...new Set([...found, ...pictures])].filter(Boolean);
}

export async function keep({ keep: from, kept: to, worker: script }) {
  await worker(script);
  const page = await fetch(from, { credentials: "same-origin", cache: "no-store" });
  if (!page.ok || page.redirected) throw new Error("not kept");
  const store = await cache();
  await Promise.all(filesOf(await page.clone().text()).map((url) => store.add(url)));
  await store.put(new URL(to, location.href).href, page);
}

/** One copy goes; with the last one its pictures and styles go as well. */
export async function forget(address) {
  if (!canKeep) return;
  const store = await cache();
  await store.delete(new URL(address, location.href).href);
  const left = (await store.keys()).filter(({ url }) => new URL(url).pathname.includes("/plan/kept/"));
  if (!left.length) await caches.delete(CACHE);
}

export async function forgetAll() {
  if (canKeep) await caches.delete(CACHE);
}
