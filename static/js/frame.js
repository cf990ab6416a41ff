// Of every page: Escape closes what was opened last and gives the focus back to what opened it; a print button prints.
// Without this, what is open is closed where it was opened, and the browser's own menu prints.
(() => {
  "use strict";
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
    const around = event.target instanceof Element && event.target.closest("details[open]");
    const open = around || [...document.querySelectorAll("details.keep[open], details.filters[open]")].pop();
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    for (const box of document.querySelectorAll("details.keep[open]")) if (!box.contains(event.target)) box.open = false;
    if (event.target.closest("[data-print]")) print();
  });

  const show = () => document.querySelectorAll("[data-print]").forEach((button) => (button.hidden = false));
  document.addEventListener("htmx:afterSettle", show);
  show();
})();
