// A form marked `data-seen` is sent by itself once its page has been looked at for a moment: what was read is no longer new.
const A_MOMENT = 2500;
let looked;

function look() {
  clearTimeout(looked);
  if (document.visibilityState !== "visible") return;
  looked = setTimeout(() => document.querySelector("form[data-seen]")?.requestSubmit(), A_MOMENT);
}

document.addEventListener("visibilitychange", look);
look();
