// One tick chooses every row of the page; a second one with Shift chooses all between. Without this each is ticked by hand.
document.addEventListener("htmx:load", show);
document.addEventListener("DOMContentLoaded", show);
let last = null;

function show() {
  for (const box of document.querySelectorAll("[data-all]")) box.hidden = false;
}

function boxes() {
  return [...document.querySelectorAll('.ledger input[name="row"]')];
}

document.addEventListener("click", (event) => {
  const box = event.target;
  if (box.matches?.("[data-all]")) for (const one of boxes()) one.checked = box.checked;
  if (!box.matches?.('.ledger input[name="row"]')) return;
  const all = boxes();
  if (event.shiftKey && last && all.includes(last)) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const one of all.slice(from, to + 1)) one.checked = box.checked;
  }
  last = box;
});
