// Marks in the list of contents which section is being read.
const links = new Map([...document.querySelectorAll(".guide__contents ol a")]
  .map((link) => [document.getElementById(decodeURIComponent(link.hash.slice(1))), link]));
links.delete(null);

/** The last section that begins above the upper third of the window. */
function mark() {
  const read = [...links.keys()].filter((section) => section.getBoundingClientRect().top < innerHeight / 3).at(-1);
  for (const [section, link] of links) {
    if (section === read) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

let waiting = false;
addEventListener("scroll", () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    mark();
  });
}, { passive: true });
mark();
