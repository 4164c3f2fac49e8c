// The drawing on the practice stage: it does what is to be done, with the leg that is meant.
import { frames, moving, pose, still, there } from "./_moving.js";

const CYCLE = 4600; // milliseconds
const INTO_A_HOLD = 2500;
const REPEAT = [0.05, 0.42, 0.06];
let svg = null;
let halt;
let shown = "";
let passed = 0;
let last = 0;

/** Draws an exercise's pictures into `box`: one that moves if it can, else its start and end. */
export async function picture(box, { name, pictures, moves }, side) {
  box.toggleAttribute("data-mirrored", moves && side === "left");
  if (shown === name) return;
  shown = name;
  halt?.();
  svg = null;
  const images = pictures.map(({ url, alt, width, height }) =>
    Object.assign(new Image(width, height), { src: url, alt }));
  const moved = moves && !still();
  box.toggleAttribute("data-moving", moved);
  box.replaceChildren(...(moved ? [images[0]] : images));
  if (!moved) return;
  images[0].alt = pictures.at(-1).alt;
  try {
    const loaded = await moving(images[0]);
    if (shown === name) svg = loaded;
  } catch {
    if (shown === name) box.replaceChildren(...images); // no connection: both stills
  }
}

/**
 * Moves it as long as practice runs. `now()` tells what to show: {phase, moment}, in which `moment` is how
 * much of a repeat is over (paced) or how many seconds a hold has lasted; null stands still.
 */
export function follow(now) {
  halt?.();
  passed = last = 0;
  halt = frames((time) => {
    const here = now();
    if (here) passed += time - last;
    last = time;
    if (svg && here) pose(svg, share(here));
  });
}

export function rest() {
  halt?.();
  shown = "";
}

function share({ phase, moment }) {
  if (phase === "hold") return moment * 1000 / INTO_A_HOLD;
  if (phase === "paced") return there(moment, REPEAT);
  return there((passed / CYCLE) % 1);
}
