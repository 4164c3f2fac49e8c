// Keep this guide, its routine and its handout for when there is no connection.
async function keepGuide() {
  // Each language has a folder of its own: /guides/, /es/guides/.
  const [scope] = location.pathname.match(/^.*?\/guides\//);
  const registration = await navigator.serviceWorker.register(`${scope}sw.js`, { scope });
  const ready = registration.active ?? await new Promise((resolve) => {
    const worker = registration.installing ?? registration.waiting;
    worker.addEventListener("statechange", () => worker.state === "activated" && resolve(worker));
  });
  const guide = document.querySelector("[data-keep]")?.dataset.keep.split(" ") ?? [];
  const files = [...document.querySelectorAll("img[src], script[src], link[rel=stylesheet], link[rel=icon]")]
    .map((element) => element.src || element.href);
  const icons = [...document.querySelectorAll("use[href]")].map((use) => use.getAttribute("href").split("#")[0]);
  const keep = [...new Set([location.pathname, ...guide, ...files, ...icons])];
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    if (data?.kept) document.documentElement.dataset.kept = data.kept;
  });
  ready.postMessage({ keep });
}

if ("serviceWorker" in navigator) addEventListener("load", () => keepGuide().catch(() => {}));
