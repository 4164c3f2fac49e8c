// The desk's keys: each is written beside what it does, unless its owner has turned them off.
const config = JSON.parse(document.getElementById("wagtail-config")?.textContent ?? "{}");

function give(element, key) {
  element.dataset.wKbdKeyValue = key;
  element.dataset.controller = "w-kbd";
}

// What was just answered is undone from wherever one is now.
if (!document.querySelector('[data-w-kbd-key-value="u"]')) {
  const answered = document.querySelector('.messages a[href*="/requests/"]');
  if (answered) give(answered, "u");
}

if (config.KEYBOARD_SHORTCUTS_ENABLED !== false) {
  for (const element of document.querySelectorAll(":is(main, .messages) [data-w-kbd-key-value]:not(form)")) {
    const key = element.dataset.wKbdKeyValue;
    const hint = document.createElement("kbd");
    hint.className = "desk-key";
    hint.ariaHidden = "true";
    hint.textContent = key.replace(/^shift\+(.)/, (_, letter) => `Shift ${letter.toUpperCase()}`);
    (element.closest("[data-desk-key]") ?? element).append(hint);
    element.setAttribute("aria-keyshortcuts", key.replace("shift+", "Shift+"));
  }
}
