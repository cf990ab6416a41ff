// While a proposal is looked at, its place in the text is in sight, and the other way round. Links do the same without this.
(() => {
  const pane = document.querySelector(".whole");
  if (!pane) return;
  const show = (number) => {
    const place = document.getElementById(`s-${number}`);
    if (!place) return;
    pane.querySelectorAll(".looked-at").forEach((one) => one.classList.remove("looked-at"));
    place.classList.add("looked-at");
    if (getComputedStyle(pane).position !== "sticky") return; // one column: nothing may move under the finger
    pane.scrollTop += place.getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 3;
  };
  const fromAddress = () => { if (location.hash.startsWith("#p-")) show(location.hash.slice(3)); };
  document.addEventListener("focusin", (event) => {
    const card = event.target.closest(".proposal");
    if (card) show(card.id.slice(2));
  });
  window.addEventListener("hashchange", fromAddress);
  fromAddress();
})();
