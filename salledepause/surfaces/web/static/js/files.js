// A field of files says its own words in the language of the browser; beside our button, they are hidden until something is chosen.
document.addEventListener("change", ({ target }) => {
  if (target.type === "file") target.closest(".file")?.classList.toggle("chosen", target.files.length > 0);
});
