// An open tab says what is new: a count in its title, and a line that a screen reader reads when it is idle.
// It asks every half-minute, never while hidden, and takes no focus.

const EVERY = 30_000;
const EARLY = 1_000; // a timer may come that much too soon
const place = document.querySelector("[data-desk-live]");
const title = document.title;
let until = "";
let asked = 0;
let timer = 0;

function say(text) {
  const link = document.createElement("a");
  link.href = place.dataset.home;
  link.textContent = text;
  place.replaceChildren(`${place.dataset.new} `, link);
}

async function ask() {
  if (document.hidden || Date.now() - asked < EVERY - EARLY) return;
  asked = Date.now();
  try {
    const answer = await fetch(`${place.dataset.deskLive}?since=${until}`, {
      headers: { "X-Requested-With": "XMLHttpRequest" },
    });
    // Logged out, or switched off: the page says so itself when it is used next.
    if (!answer.ok || answer.redirected) return clearInterval(timer);
    const found = await answer.json();
    until = found.until;
    document.title = found.count ? `(${found.count}) ${title}` : title;
    if (found.line) say(found.line);
  } catch {
    // Offline for a moment: the next question tries again.
  }
}

if (place) {
  ask();
  timer = setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
}
