// The wall chart is complete without this: here a row tells its dates as the pointer or the focus comes to it, the
// arrow keys go from row to row, and a click on a lane opens its milestone.
(() => {
  "use strict";
  const rows = () => [...document.querySelectorAll(".wallboard tbody tr:not(.missing)")];
  const link = (row) => row && row.querySelector("th a");
  const at = (event) => event.target instanceof Element && event.target.closest(".wallboard tbody tr:not(.group, .missing)");

  function tell(row) {
    const about = document.getElementById("wall-about");
    if (!about) return;
    const title = row && row.querySelector(".lane > title");
    about.hidden = !title;
    if (!title) return;
    const name = document.createElement("b");
    name.textContent = link(row).textContent.replace(/\s+/g, " ").trim();
    about.replaceChildren(name, title.textContent);
  }

  document.addEventListener("pointerover", (event) => event.pointerType !== "touch" && tell(at(event)));
  document.addEventListener("focusin", (event) => tell(at(event)));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") tell(null);
    const here = event.target instanceof Element && event.target.closest(".wallboard tbody tr");
    if (!here || event.altKey || event.ctrlKey || event.metaKey) return;
    const all = rows();
    const places = { ArrowDown: all.indexOf(here) + 1, ArrowUp: all.indexOf(here) - 1, Home: 0, End: all.length - 1 };
    const next = link(all[places[event.key]]);
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
  document.addEventListener("click", (event) => {
    const row = at(event);
    if (row && !event.target.closest("a") && !String(getSelection())) link(row).click();
  });

  function ready() {
    const pane = document.querySelector(".wall-scroll");
    const today = pane && pane.querySelector(".axis .c-today");
    if (!today || pane.scrollWidth <= pane.clientWidth) return;
    const names = pane.querySelector(".names").offsetWidth; // they stay in sight, and cover what is under them
    const middle = names + (pane.clientWidth - names) / 2;
    pane.scrollLeft += today.getBoundingClientRect().left - pane.getBoundingClientRect().left - middle;
  }

  document.addEventListener("htmx:afterSettle", ready);
  ready();
})();
