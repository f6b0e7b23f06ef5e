// Rectangles over a picture that is to be blurred: traced, moved and sized by finger, mouse or keyboard. The fields of numbers hold them.
const SIDES = ["x", "y", "width", "height"];
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const FIRST = [35, 35, 30, 30];
const FINGER = 2;
const pasts = new WeakMap();

const panelOf = (target) => target.closest?.("[data-blurring]");
const rowsOf = (panel) => [...panel.querySelectorAll("[data-zone]")];
const fields = (row) => SIDES.map((side) => row.querySelector(`[name$="[${side}]"]`));
const empty = (row) => fields(row).every((one) => !one.value);
const values = (row) => fields(row).map((one) => Number(one.value) || 0);
const round = (number) => Math.round(number * 10) / 10;
const within = (number, least, most) => Math.min(Math.max(number, least), most);

function write(row, zone) {
  fields(row).forEach((one, place) => (one.value = zone ? round(zone[place]) : ""));
}

/** Keep a zone inside the picture, no smaller than what the server takes. */
function fitted(panel, [x, y, width, height]) {
  const least = Number(panel.dataset.least);
  const [wide, high] = [within(width, least, 100), within(height, least, 100)];
  return [within(x, 0, 100 - wide), within(y, 0, 100 - high), wide, high];
}

/** Remember how things are, to come back to it. */
function remember(panel) {
  const past = pasts.get(panel) ?? [];
  past.push(rowsOf(panel).map((row) => (empty(row) ? null : values(row))));
  pasts.set(panel, past);
  panel.querySelector("[data-undo]").disabled = false;
}

function undo(panel) {
  const past = pasts.get(panel) ?? [];
  const before = past.pop();
  if (!before) return;
  rowsOf(panel).forEach((row, place) => write(row, before[place] ?? null));
  panel.querySelector("[data-undo]").disabled = !past.length;
  draw(panel);
}

/** A row of numbers that holds nothing yet; one more like the others where all do, as far as the server takes them. */
function freeRow(panel) {
  const rows = rowsOf(panel);
  const free = rows.find(empty);
  if (free || rows.length >= Number(panel.dataset.most)) return free ?? null;
  const [from, to] = [rows.length - 1, rows.length];
  const row = rows[from].cloneNode(true);
  for (const one of row.querySelectorAll("input, label"))
    for (const name of ["id", "name", "for"])
      if (one.hasAttribute(name)) one.setAttribute(name, one.getAttribute(name).replace(`zone-${from}-`, `zone-${to}-`).replace(`zones[${from}]`, `zones[${to}]`));
  const legend = row.querySelector("legend");
  legend.textContent = legend.textContent.replace(/\d+/, to + 1);
  write(row, null);
  rows[from].after(row);
  return row;
}

/** Show the rectangle of each row that holds one. */
function draw(panel) {
  const canvas = panel.querySelector("[data-canvas]");
  rowsOf(panel).forEach((row, place) => {
    let box = canvas.querySelector(`[data-box="${place}"]`);
    if (empty(row)) return box?.remove();
    if (!box) {
      box = document.createElement("button");
      box.type = "button";
      box.dataset.box = place;
      canvas.append(box);
    }
    const zone = values(row);
    [box.style.left, box.style.top, box.style.width, box.style.height] = zone.map((share) => `${share}%`);
    const told = { n: place + 1, ...Object.fromEntries(SIDES.map((side, at) => [side, round(zone[at])])) };
    box.setAttribute("aria-label", panel.dataset.named.replace(/\{(\w+)\}/g, (_, name) => told[name]));
  });
}

function place(panel, zone) {
  const row = freeRow(panel);
  if (!row) return null;
  write(row, zone);
  draw(panel);
  return panel.querySelector(`[data-box="${rowsOf(panel).indexOf(row)}"]`);
}

document.addEventListener("pointerdown", (event) => {
  const canvas = event.target.closest?.("[data-canvas]");
  if (!canvas || event.button || !event.isPrimary) return;
  event.preventDefault();
  follow(event, panelOf(canvas), canvas);
});

/** Follow the pointer until it is lifted: it traces a new rectangle, moves the one under it, or sizes it by its corner. */
function follow(event, panel, canvas) {
  const frame = canvas.getBoundingClientRect();
  const at = (one) => [within(((one.clientX - frame.left) / frame.width) * 100, 0, 100), within(((one.clientY - frame.top) / frame.height) * 100, 0, 100)];
  const start = at(event);
  let box = event.target.closest("[data-box]");
  const before = box ? values(rowsOf(panel)[box.dataset.box]) : null;
  const sizes = before && nearCorner(event, box);
  let moved = false;
  box?.focus();
  canvas.setPointerCapture(event.pointerId);
  const move = (one) => {
    const [x, y] = at(one);
    const [dx, dy] = [x - start[0], y - start[1]];
    if (!moved && Math.hypot(dx, dy) < FINGER) return;
    if (!moved) remember(panel);
    moved = true;
    let zone = [Math.min(x, start[0]), Math.min(y, start[1]), Math.abs(dx), Math.abs(dy)];
    if (before && sizes) zone = [before[0], before[1], within(before[2] + dx, 1, 100 - before[0]), within(before[3] + dy, 1, 100 - before[1])];
    else if (before) zone = [before[0] + dx, before[1] + dy, before[2], before[3]];
    zone = fitted(panel, zone);
    box ??= place(panel, zone);
    if (!box) return;
    write(rowsOf(panel)[box.dataset.box], zone);
    draw(panel);
  };
  const end = () => {
    canvas.removeEventListener("pointermove", move);
    if (moved) box?.focus({ preventScroll: true });
  };
  canvas.addEventListener("pointermove", move);
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, end, { once: true });
}

function nearCorner(event, box) {
  const edge = box.getBoundingClientRect();
  const reach = Math.min(28, edge.width / 2, edge.height / 2);
  return edge.right - event.clientX < reach && edge.bottom - event.clientY < reach;
}

document.addEventListener("keydown", (event) => {
  const box = event.target.closest?.("[data-box]");
  const way = ARROWS[event.key];
  if (!box || (!way && event.key !== "Delete" && event.key !== "Backspace")) return;
  event.preventDefault();
  const panel = panelOf(box);
  const row = rowsOf(panel)[box.dataset.box];
  remember(panel);
  if (way) {
    const [x, y, width, height] = values(row);
    const grown = [x, y, within(width + way[0], 1, 100 - x), within(height + way[1], 1, 100 - y)];
    write(row, fitted(panel, event.shiftKey ? grown : [x + way[0], y + way[1], width, height]));
  } else {
    write(row, null);
    panel.querySelector("[data-add]").focus();
  }
  draw(panel);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-add], [data-undo]");
  const panel = button && panelOf(button);
  if (!panel) return;
  if ("undo" in button.dataset) return undo(panel);
  remember(panel);
  place(panel, FIRST)?.focus();
});

document.addEventListener("input", (event) => {
  const panel = event.target.closest?.("[data-zone]") && panelOf(event.target);
  if (panel) draw(panel);
});

// What the picture became stands in the form that it is joined to: the dialog has nothing more to say.
document.addEventListener("swapped", (event) => {
  if (event.target.id?.startsWith("vignette-")) document.querySelector("dialog[open]:has([data-blurring])")?.close();
});

document.querySelectorAll("[data-blurring]").forEach(draw);
