// Keeps the guides that someone opened, to read without a connection. Lives under /guides/ and so
// never sees booking, requests or the admin.
const CACHE = "guides:1";
const OFFLINE = "{% url 'offline' %}";
const STATIC = "{{ static_url }}";
const MOST = 80;

addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.add(OFFLINE)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names
      .filter((name) => name.startsWith("guides:") && name !== CACHE)
      .map((name) => caches.delete(name))))
    .then(() => clients.claim()));
});

const isGuide = (path) => path.startsWith("{{ folder }}") && path.endsWith("/") && !path.endsWith("/pdf/");
const isKept = ({ origin, pathname }) =>
  origin === location.origin && (isGuide(pathname) || pathname.startsWith(STATIC));

// A guide that was withdrawn, or that moved, is not shown from here any more.
const isGone = ({ status, redirected, type }) =>
  status === 404 || status === 410 || redirected || type === "opaqueredirect";

async function keep(request, response) {
  const url = new URL(request.url);
  if (!isKept(url) || (url.search && isGuide(url.pathname))) return;
  const cache = await caches.open(CACHE);
  if (isGone(response)) await cache.delete(url.origin + url.pathname);
  if (!response.ok || response.redirected) return;
  await cache.put(url.origin + url.pathname, response);
  const keys = await cache.keys();
  const extra = keys.filter((key) => !key.url.endsWith(OFFLINE)).slice(0, Math.max(0, keys.length - MOST));
  await Promise.all(extra.map((key) => cache.delete(key)));
}

async function answer(event) {
  const { request } = event;
  try {
    const response = await fetch(request);
    event.waitUntil(keep(request, response.clone()));
    return response;
  } catch (error) {
    const cache = await caches.open(CACHE);
    const url = new URL(request.url);
    const kept = await cache.match(url.origin + url.pathname);
    if (kept) return kept;
    if (request.mode === "navigate") return cache.match(OFFLINE);
    throw error;
  }
}

addEventListener("fetch", (event) => {
  const { request } = event;
  // A PDF is made anew each time, so none is kept: without a connection a page of ours says so.
  if (request.mode === "navigate" && new URL(request.url).pathname.endsWith("/pdf/")) {
    event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
    return;
  }
  if (request.method === "GET" && isKept(new URL(request.url))) event.respondWith(answer(event));
});

// The open guide names what belongs to it: its routine, its handout, their files.
addEventListener("message", (event) => {
  const urls = (event.data?.keep ?? []).filter((url) => isKept(new URL(url, location.href))).slice(0, MOST);
  event.waitUntil(Promise.allSettled(urls.map(async (url) => {
    const request = new Request(url);
    await keep(request, await fetch(request));
  })).then(() => event.source?.postMessage({ kept: urls.length })));
});
