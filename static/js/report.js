// A report on a phone: the slider beside the number, and the draft is saved when the page is left. A photo that went up
// by itself leaves its field, or it would go along with the report once more.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector(".report-form");
  if (!form) return;
  document.documentElement.classList.add("has-script");
  const number = form.querySelector("[name=progress]");
  const slider = form.querySelector(".progress-slider");
  if (number && slider) {
    slider.hidden = false;
    slider.value = number.value || 0;
    slider.addEventListener("input", () => { number.value = slider.value; });
    number.addEventListener("input", () => { slider.value = number.value || 0; });
  }
  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.target.type === "file" && event.detail.successful) event.target.value = "";
  });
  let touched = false;
  form.addEventListener("input", () => { touched = true; });
  form.addEventListener("submit", () => { touched = false; });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && touched) {
      touched = false;
      document.body.dispatchEvent(new CustomEvent("lingang:leave"));
    }
  });
});
