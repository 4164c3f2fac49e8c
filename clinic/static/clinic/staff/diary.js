// The diary: the print button appears where a script can print.

const button = document.querySelector("[data-desk-print]");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Booking for someone: a free time that is pressed goes into the field.
const start = document.querySelector("form[method=post] [name=start]");
for (const free of document.querySelectorAll("[data-desk-start]")) {
  free.addEventListener("click", () => {
    start.value = free.dataset.deskStart;
    start.focus();
  });
}
