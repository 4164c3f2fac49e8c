// What a person hears, feels and keeps awake by. Each is optional and fails in silence.

export function speak(text, lang) {
  if (!("speechSynthesis" in window)) return;
  speechSynthesis.cancel();
  const said = new SpeechSynthesisUtterance(text);
  said.lang = lang;
  speechSynthesis.speak(said);
}

export function hush() {
  if ("speechSynthesis" in window) speechSynthesis.cancel();
}

export function buzz() {
  navigator.vibrate?.(200);
}

let lock = null;

/** The screen stays on while practice runs; a hidden tab loses the lock, so it is asked for again. */
export async function keepAwake(wanted) {
  try {
    if (wanted && !lock) lock = await navigator.wakeLock?.request("screen");
    if (!wanted) {
      await lock?.release();
      lock = null;
    }
    lock?.addEventListener("release", () => (lock = null));
  } catch {
    lock = null; // refused, for example with a low battery
  }
}
