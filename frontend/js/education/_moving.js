// Our drawing of an exercise's start holds its poses up to the end. Here it moves.
export const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const smooth = (share) => share * share * (3 - 2 * share);

/** Puts the drawing itself in the place of its picture; what the picture says goes with it. */
export async function moving(image) {
  const text = await (await fetch(image.src)).text();
  const svg = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  // A script's own clock moves it, so that it can stop and go on at any place.
  for (const part of svg.querySelectorAll("[begin]")) part.removeAttribute("begin");
  for (const words of svg.querySelectorAll("title, desc")) words.remove();
  if (image.alt) svg.setAttribute("aria-label", image.alt);
  else svg.setAttribute("aria-hidden", "true");
  image.replaceWith(document.adoptNode(svg));
  svg.pauseAnimations();
  return svg;
}

/** Shows the pose at that share of the way: 0 is the start, 1 the end. Arrows are for the way there alone. */
export function pose(svg, share) {
  const before = Number(svg.dataset.share ?? 0);
  if (share !== before) svg.toggleAttribute("data-back", share < before);
  svg.dataset.share = share;
  svg.setCurrentTime(smooth(Math.min(1, Math.max(0, share))));
}

/** How far the body is at that moment: it rests, goes, stays, and comes back, in these shares of the whole. */
export function there(moment, [rest, go, stay] = [0.1, 0.4, 0.15]) {
  const back = 1 - rest - go - stay;
  if (moment < rest) return 0;
  if (moment < rest + go) return (moment - rest) / go;
  if (moment < rest + go + stay) return 1;
  return (1 - moment) / back;
}

/** Calls `draw` with the milliseconds since now, before each picture, until it returns false or `stop` is called. */
export function frames(draw) {
  let running = true;
  const from = performance.now();
  const next = () => {
    if (running && draw(performance.now() - from) !== false) requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
  return () => (running = false);
}
