// A private log: kept in this browser alone, never sent.
const KEY = "practice-log";
const LIMIT = 200;

export function entries() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

/** False where the browser keeps nothing (private mode, storage full). */
export function add(entry) {
  try {
    localStorage.setItem(KEY, JSON.stringify([...entries(), entry].slice(-LIMIT)));
    return true;
  } catch {
    return false;
  }
}

export function erase() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // nothing was kept
  }
}

/** As a file for a spreadsheet; a cell that could run as a formula is made text. */
export function asCsv(rows, headings) {
  const cell = (value) => `"${String(value).replace(/^[=+\-@\t\r]/, "'$&").replaceAll('"', '""')}"`;
  return [headings, ...rows].map((row) => row.map(cell).join(",")).join("\r\n");
}

/** As the person's own calendar has it, not Greenwich's: 2026-03-01. */
export function today() {
  const now = new Date();
  return new Date(now - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

export function readable(day) {
  const date = new Date(`${day}T12:00`);
  const form = { day: "numeric", month: "short", year: "numeric" };
  return Number.isNaN(date.valueOf()) ? day : date.toLocaleDateString(document.documentElement.lang, form);
}
