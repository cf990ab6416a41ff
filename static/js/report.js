// A report on a phone: the slider beside the number, and the draft is saved when the page is left. A photo that went up
// by itself leaves its field, or it would go along with the report once more; the report waits for one that is on its
// way, and takes along one that did not arrive.
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
  const sent = new Map();
  let button = null;
  const same = (files, others) => files.length === others.length && files.every((file, at) => file === others[at]);
  form.addEventListener("htmx:beforeSend", (event) => {
    if (event.target.type === "file") sent.set(event.target, [...event.target.files]);
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    const field = event.target, files = sent.get(field);
    if (!files) return;
    sent.delete(field);
    if (event.detail.successful && same(files, [...field.files])) field.value = "";
    if (event.detail.xhr.responseText.includes("field-problem")) button = null; // it was refused: that is read first
    if (button && !sent.size) {
      const pressed = button;
      button = null;
      form.requestSubmit(pressed);
    }
  });
  let touched = false;
  form.addEventListener("input", () => { touched = true; });
  form.addEventListener("submit", (event) => {
    if (sent.size) {
      event.preventDefault();
      button = event.submitter;
      return;
    }
    touched = false;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && touched) {
      touched = false;
      document.body.dispatchEvent(new CustomEvent("lingang:leave"));
    }
  });
});
