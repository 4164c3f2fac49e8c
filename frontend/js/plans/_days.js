// The days on which somebody did their plan: in this browser alone. {"2026-11-30": 3}, null where not said.
const PREFIX = "plan:";

export function days(plan) {
  try {
    const kept = JSON.parse(localStorage.getItem(PREFIX + plan));
    return kept && typeof kept === "object" && !Array.isArray(kept) ? kept : {};
  } catch {
    return {};
  }
}

/** False where the browser keeps nothing (private mode, storage full). */
export function tick(plan, felt) {
  try {
    localStorage.setItem(PREFIX + plan, JSON.stringify({ ...days(plan), [today()]: felt }));
    return true;
  } catch {
    return false;
  }
}

export function forgetDays(plan) {
  try {
    for (const key of Object.keys(localStorage)) {
      if (plan ? key === PREFIX + plan : key.startsWith(PREFIX)) localStorage.removeItem(key);
    }
  } catch { /* nothing is kept */ }
}

/** As the person's own calendar has it, not Greenwich's: 2026-03-01. */
function today() {
  const now = new Date();
  return new Date(now - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}
