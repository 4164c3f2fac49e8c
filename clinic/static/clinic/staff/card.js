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

// An action that was opened by its key takes the focus into its first field.
for (const action of document.querySelectorAll(".desk-action")) {
  action.addEventListener("toggle", () => {
    if (action.open) action.querySelector("input:not([type=hidden]), textarea, select")?.focus();
  });
}

// Tell colleagues that this request is open here, and hear who else has it open.
const place = document.querySelector("[data-desk-presence]");
const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;

async function beat() {
  if (document.hidden) return;
  try {
    const answer = await fetch(place.dataset.deskPresence, {
      method: "POST",
      headers: { "X-CSRFToken": token, "X-Requested-With": "XMLHttpRequest" },
    });
    if (!answer.ok || answer.redirected) return;
    const said = (await answer.text()).trim();
    if (place.innerHTML !== said) place.innerHTML = said;
  } catch {
    // Offline for a moment: the next beat tries again.
  }
}

if (place && token) {
  beat();
  setInterval(beat, 15_000);
}

// A form that was refused is open: take the reader there.
document.querySelector(".desk-action[open]")?.scrollIntoView({ block: "center" });
