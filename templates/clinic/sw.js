// Keeps one page for when there is no connection, and nothing else: no page that someone read,
// no answer that someone typed. The admin is left alone.
const KEPT = [
  "{% url 'offline' %}",
  "{% static 'clinic/site.css' %}",
  "{% static 'clinic/icons.svg' %}",
  "{% static_in palette 'clinic/favicon.svg' %}",
  "{% static 'clinic/lost.svg' %}",
];
const CACHE = "kept:" + KEPT.join();

addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(KEPT)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  const dropOld = caches.keys().then((names) =>
    Promise.all(names.filter((name) => name.startsWith("kept:") && name !== CACHE).map((name) => caches.delete(name))),
  );
  // Else each page would wait for this script to wake up.
  event.waitUntil(Promise.all([dropOld, registration.navigationPreload?.enable()]));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate" && !pathname.startsWith("/admin/")) {
    event.respondWith(
      Promise.resolve(event.preloadResponse)
        .then((early) => early ?? fetch(request))
        .catch(() => caches.match(KEPT[0])),
    );
  } else if (KEPT.includes(pathname)) {
    event.respondWith(fetch(request).catch(() => caches.match(request)));
  }
});
