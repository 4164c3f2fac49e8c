// Tells that this page was read, once, and nothing about who read it.
const SECONDS = 15;
const address = document.querySelector("[data-read]").dataset.read;
const wanted = !navigator.globalPrivacyControl && navigator.doNotTrack !== "1";
let seconds = 0;
let ticking = 0;

function atEnd() {
  return scrollY > 0 && document.getElementById("main").getBoundingClientRect().bottom <= innerHeight;
}

/** Time counts only while the page is seen; paper counts as reading. */
function tick() {
  if (document.hidden) return;
  seconds += 1;
  if (seconds >= SECONDS || atEnd()) tell();
}

/** A beacon would carry cookies; this carries none. */
function tell() {
  clearInterval(ticking);
  removeEventListener("beforeprint", tell);
  fetch(address, { method: "POST", credentials: "omit", keepalive: true }).catch(() => {});
}

if (wanted) {
  ticking = setInterval(tick, 1000);
  addEventListener("beforeprint", tell);
}
