// A mail is shown as high as it is. Its frame runs no script, so the page around it measures.
const frame = document.querySelector(".desk-frame");

function fit() {
  const mail = frame.contentDocument?.documentElement;
  if (!mail?.offsetHeight) return;
  const border = frame.offsetHeight - frame.clientHeight;
  frame.style.height = `${mail.offsetHeight + border}px`;
}

if (frame) {
  frame.addEventListener("load", fit);
  new ResizeObserver(fit).observe(frame);
  fit();
}
