// A message just sent can be taken back for ten seconds by the button that says so; afterwards its own menu erases it.
const LASTS = 10_000;

for (const form of document.querySelectorAll('form[data-undo][action="/ecrire/reprendre"]')) setTimeout(() => leave(form), LASTS);

/** Nobody loses a button that they are about to press. */
function leave(form) {
  if (form.matches(":hover, :focus-within")) setTimeout(() => leave(form), LASTS);
  else form.remove();
}
