// Small helps. Every page works without them.

/** The error summary takes focus, so that a screen reader begins with what went wrong. */
function focusErrorSummary() {
  const summary = document.querySelector("[data-error-summary]");
  if (!summary) return;
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!field) return;
    event.preventDefault();
    // The question and its error first, then the field: not the field alone at the screen's edge.
    (field.closest(".nhsuk-form-group") ?? field).scrollIntoView({ block: "start" });
    field.focus({ preventScroll: true });
  });
}

/** A second press within two seconds sends nothing. The server guards itself; this saves a wait. */
function guardAgainstDoublePress() {
  let last = { form: null, at: 0 };
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    const now = Date.now();
    if (event.target === last.form && now - last.at < 2000) event.preventDefault();
    else last = { form: event.target, at: now };
  });
  // Back from the next page, which the browser may have kept alive: pressing again is meant.
  addEventListener("pageshow", () => (last = { form: null, at: 0 }));
}

/** Keep one page for when there is no connection. Nothing that anyone reads or types is kept. */
function keepOfflinePage() {
  if (!("serviceWorker" in navigator)) return;
  addEventListener("load", () => navigator.serviceWorker.register("/sw.js").catch(() => {}));
}

focusErrorSummary();
guardAgainstDoublePress();
keepOfflinePage();
