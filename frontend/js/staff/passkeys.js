// A form that asks for a passkey: the browser's own dialogue first, then it goes as any form does.
const form = document.querySelector("form[data-passkey]");
const kit = window.PublicKeyCredential;

/** What the server needs to know of a passkey that is made, or used. */
async function answer(kind, options) {
  const found =
    kind === "create"
      ? await navigator.credentials.create({ publicKey: kit.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: kit.parseRequestOptionsFromJSON(options) });
  return JSON.stringify(found.toJSON());
}

async function send(event) {
  event.preventDefault();
  const trouble = form.querySelector("[data-trouble]");
  const options = JSON.parse(document.getElementById("passkey-options").textContent);
  trouble.textContent = "";
  try {
    form.elements.credential.value = await answer(form.dataset.passkey, options);
    form.submit();
  } catch (error) {
    // Called off, too late, or not known to this device: which of them, a browser does not say. It says
    // that a device has one already, which trying again would not change.
    const known = error.name === "InvalidStateError" && trouble.dataset.known;
    trouble.textContent = known || trouble.dataset.trouble;
  }
}

// A passkey belongs to one address; under another of the site's the browser would find none.
if (form && kit?.parseCreationOptionsFromJSON && kit.prototype.toJSON && form.dataset.origin === location.origin) {
  form.hidden = false;
  document.querySelector("[data-passkey-missing]")?.remove();
  form.addEventListener("submit", send);
}
