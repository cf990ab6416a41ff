// Keys of the approvals page: j and k go from one decision to the next, a to the button that approves, d to the reason.
// Everything is reached by Tab as well; without this file the forms work as they are.
(function () {
  "use strict";
  const cards = () => Array.from(document.querySelectorAll("article.approval"));

  function here(all) {
    const at = all.findIndex((card) => card.contains(document.activeElement));
    if (at >= 0) return at;
    const below = all.findIndex((card) => card.getBoundingClientRect().bottom > 80);
    return below < 0 ? all.length - 1 : below;
  }

  function go(card) {
    if (!card) return;
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "start" });
  }

  document.addEventListener("keydown", function (event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const all = cards();
    if (!all.length) return;
    const at = here(all);
    const inside = all[at].contains(document.activeElement);
    const found = {
      j: () => go(inside ? all[at + 1] : all[at]),
      k: () => go(inside ? all[at - 1] : all[at]),
      a: () => all[at].querySelector("[data-yes]")?.focus(),
      d: () => all[at].querySelector("textarea")?.focus(),
    }[event.key];
    if (!found) return;
    event.preventDefault();
    found();
  });

  // A refusal comes back as the row with what was typed: shown like any other answer.
  document.addEventListener("htmx:beforeSwap", function (event) {
    if ([403, 409, 422].includes(event.detail.xhr.status) && event.detail.target.matches("article.approval")) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    const card = document.getElementById(event.detail.target.id);
    if (card && card.matches("article.approval")) (card.querySelector("[autofocus]") || card).focus({ preventScroll: true });
  });
})();
