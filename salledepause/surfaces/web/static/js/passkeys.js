// Passkeys: the house is asked what to sign, the device signs, the form is sent with it. Shown where the browser can.
import { announce } from "./fragments.js";

const able = "PublicKeyCredential" in window && "parseCreationOptionsFromJSON" in PublicKeyCredential;

if (able) for (const form of document.querySelectorAll("form[data-passkey]")) form.hidden = false;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.passkey || form.elements.credential.value) return;
  event.preventDefault();
  sign(form).then(
    () => form.requestSubmit(),
    () => announce(form.dataset.failed, { shown: true, wrong: true }),
  );
});

async function sign(form) {
  const body = new URLSearchParams({ csrf: form.elements.csrf.value });
  const answer = await fetch(form.dataset.ask, { method: "POST", body, credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  const asked = await answer.json();
  const signed =
    form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked) });
  form.elements.credential.value = JSON.stringify(signed.toJSON());
}
