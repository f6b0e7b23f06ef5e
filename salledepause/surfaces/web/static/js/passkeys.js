// Passkeys: the house is asked what to sign, the device signs, the form is sent with it. Shown where the browser can.
// `data-passkey` is on a form that only a key sends, or on the button of one that a password sends too.
import { announce } from "./fragments.js";

const able = "PublicKeyCredential" in window && "parseCreationOptionsFromJSON" in PublicKeyCredential;

if (able) for (const one of document.querySelectorAll("form[data-passkey], [data-keyed]")) one.hidden = false;

document.addEventListener("submit", (event) => {
  const [form, button] = [event.target, event.submitter];
  const asker = button?.dataset.passkey ? button : form;
  if (!asker.dataset.passkey || form.elements.credential.value) return;
  event.preventDefault();
  if (button?.formNoValidate && ![...form.elements].every((one) => one.type === "password" || one.reportValidity())) return;
  sign(form, asker.dataset).then(
    () => form.requestSubmit(button),
    () => announce(asker.dataset.failed, { shown: true, wrong: true }),
  );
});

async function sign(form, { passkey, ask }) {
  const body = new URLSearchParams({ csrf: form.elements.csrf.value });
  const answer = await fetch(ask, { method: "POST", body, credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  const asked = await answer.json();
  const signed =
    passkey === "create"
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked) });
  form.elements.credential.value = JSON.stringify(signed.toJSON());
}
