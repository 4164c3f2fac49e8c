// Each exercise in motion: once when it comes into view, and as often as one asks.
import { frames, moving, pose, still, there } from "./_moving.js";

const CYCLE = 4600; // milliseconds; what moves by itself for longer would need a button to stop it

function setUp(figure) {
  const button = figure.querySelector("button");
  let svg, halt;

  async function play(times) {
    try {
      svg ??= await moving(figure.querySelector("img"));
    } catch {
      return; // no connection: the stills remain
    }
    halt?.();
    figure.toggleAttribute("data-playing", times > 1);
    halt = frames((passed) => {
      const over = passed >= CYCLE * times;
      pose(svg, over ? 0 : there((passed / CYCLE) % 1));
      if (over) figure.removeAttribute("data-playing");
      return !over;
    });
  }

  function stop() {
    halt?.();
    figure.removeAttribute("data-playing");
  }

  button.addEventListener("click", () => (figure.hasAttribute("data-playing") ? stop() : play(20)));
  button.hidden = false;
  return play;
}

const plays = new Map([...document.querySelectorAll("[data-motion]")].map((figure) => [figure, setUp(figure)]));
const watch = new IntersectionObserver((seen) => {
  for (const { target, isIntersecting } of seen) {
    if (!isIntersecting) continue;
    watch.unobserve(target);
    if (!still()) plays.get(target)(1);
  }
}, { threshold: 0.7 });
for (const figure of plays.keys()) watch.observe(figure);
