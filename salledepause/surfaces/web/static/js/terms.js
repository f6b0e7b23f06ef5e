// Where a finger points: the first tap on a term tells what it means, the second goes to the glossary.
let told = null;

document.addEventListener("click", (event) => {
  const term = event.target.closest?.("a.term");
  if (told && told !== term) told.classList.remove("told");
  if (term && term !== told && matchMedia("(hover: none)").matches) {
    event.preventDefault();
    term.classList.add("told");
  }
  told = term;
});
