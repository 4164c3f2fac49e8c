// Marks in the list of contents which section is being read.
// On a phone, where the list is out of sight, a bar at the top names it and leads back.
const here = document.querySelector(".guide__here");
const contents = document.querySelector(".guide__contents");
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
  here.hidden = !read || contents.getBoundingClientRect().bottom > 0;
  here.firstElementChild.textContent = links.get(read)?.textContent ?? "";
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
