// Answers with the plans that somebody keeps on this device, and keeps nothing by itself: the page does,
// where its button is pressed. Lives under /plan/ and so never sees a request's own pages.
const CACHE = "plans:1";
const KEPT = "{{ folder }}kept/";
const STATIC = "{{ static_url }}";

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

async function plan(request) {
  const cache = await caches.open(CACHE);
  const { origin, pathname } = new URL(request.url);
  const kept = await cache.match(origin + pathname);
  if (kept) return kept;
  if (pathname === KEPT) {
    const first = (await cache.keys()).find(({ url }) => new URL(url).pathname.startsWith(KEPT));
    if (first) return Response.redirect(first.url);
  }
  return fetch(request);
}

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate" && pathname.startsWith(KEPT)) event.respondWith(plan(request));
  else if (pathname.startsWith(STATIC)) event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
});
