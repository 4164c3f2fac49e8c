// A table pasted into a text keeps its rows: one line each, the cells apart. The editor would run them together.
const APART = " · ";

function withRows(html) {
  const pasted = new DOMParser().parseFromString(html, "text/html");
  for (const table of pasted.querySelectorAll("table")) {
    const lines = [...table.rows].map((row) => {
      const line = pasted.createElement("p");
      [...row.cells].forEach((cell, n) => line.append(...(n ? [APART] : []), ...cellContents(cell)));
      return line;
    });
    table.replaceWith(...lines.filter((line) => line.textContent.trim()));
  }
  return pasted.body.innerHTML;
}

// What is inside paragraphs of a cell, with spaces between, so that bold and struck-out words stay so.
function cellContents(cell) {
  const paragraphs = [...cell.querySelectorAll("p, li, div")].filter((one) => !one.querySelector("p, li, div"));
  if (!paragraphs.length) return [...cell.childNodes];
  return paragraphs.flatMap((one, n) => [...(n ? [" "] : []), ...one.childNodes]);
}

document.addEventListener("paste", (event) => {
  const html = event.clipboardData?.getData("text/html") ?? "";
  if (!/<table/i.test(html) || !event.target.closest?.(".Draftail-Editor")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const data = new DataTransfer();
  const changed = withRows(html);
  data.setData("text/html", changed);
  data.setData("text/plain", event.clipboardData.getData("text/plain"));
  event.target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}, { capture: true });
