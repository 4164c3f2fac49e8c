// The triage card: puts free times of the list into the fields of the offer, and takes them out again.
const offer = document.getElementById("action-offer");
const fields = offer ? [1, 2, 3].map((n) => offer.querySelector(`[name="start_${n}"]`)) : [];
const buttons = [...document.querySelectorAll("[data-desk-offer]")];

function mark() {
  const chosen = fields.map((field) => field.value);
  for (const button of buttons) button.ariaPressed = String(chosen.includes(button.dataset.deskOffer));
}

for (const button of buttons) {
  button.hidden = !offer;
  button.addEventListener("click", () => {
    const start = button.dataset.deskOffer;
    const chosen = fields.find((field) => field.value === start);
    const field = chosen ?? fields.find((one) => !one.value) ?? fields.at(-1);
    const who = offer.querySelector(`[name="${field.name.replace("start", "practitioner")}"]`);
    field.value = chosen ? "" : start;
    who.value = chosen ? "" : button.dataset.deskWho;
    offer.open = true;
    // On the button that sends it, so that the next number key, or Enter, does what it says.
    offer.querySelector("[type=submit]").focus();
    mark();
  });
}
if (offer) {
  offer.addEventListener("input", mark);
  mark();
}

// An action that opens takes the focus into its first field, and all of it into view. One that the page
// brought open says `toggle` too, before or after the browser has looked for `autofocus`: so that field first.
for (const action of document.querySelectorAll(".desk-action")) {
  action.addEventListener("toggle", () => {
    if (!action.open) return;
    const first = "input:not([type=hidden]), textarea, select, [type=submit]";
    if (!action.querySelector("form").contains(document.activeElement)) {
      (action.querySelector("[autofocus]") ?? action.querySelector(first))?.focus();
    }
    action.querySelector("[type=submit]").scrollIntoView({ block: "nearest" });
  });
  action.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !action.open) return;
    action.open = false;
    action.querySelector("summary").focus();
  });
}

// The reader begins at the request, not at the menu: one Tab from there is its first button. Or at what
// was refused and has no form any more.
const refused = document.querySelector(".desk-action[open]");
if (!refused && document.activeElement === document.body) {
  const first = document.querySelector(".desk-refused") ?? document.querySelector(".desk-title");
  first?.focus({ preventScroll: true });
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
refused?.scrollIntoView({ block: "center" });
