// The triage card: puts a free time of the list into the next empty field of the offer.
const offer = document.getElementById("action-offer");
const fields = offer ? [1, 2, 3].map((n) => offer.querySelector(`[name="start_${n}"]`)) : [];

for (const button of document.querySelectorAll("[data-desk-offer]")) {
  button.hidden = !offer;
  button.addEventListener("click", () => {
    const start = button.dataset.deskOffer;
    if (fields.some((field) => field.value === start)) return;
    const empty = fields.find((field) => !field.value) ?? fields.at(-1);
    empty.value = start;
    offer.open = true;
    empty.focus();
  });
}

// A form that was refused is open: take the reader there.
document.querySelector(".desk-action[open]")?.scrollIntoView({ block: "center" });
