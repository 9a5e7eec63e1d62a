// Single keys for what the page offers: each button or field says its own in `data-key`.
// They can be turned off (WCAG 2.1.4), and never act while somebody writes or holds another key.
"use strict";

const OFF = "mdm-keys-off";
const dialog = document.getElementById("keys");
const box = document.getElementById("keys-on");

function isOn() {
  return localStorage.getItem(OFF) === null;
}

function toggleHelp() {
  if (dialog === null) return;
  if (dialog.open) dialog.close();
  else dialog.showModal();
}

function isWriting(target) {
  return target.matches("input:not([type=checkbox], [type=radio]), select, textarea");
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || isWriting(event.target)) return;
  if (event.key === "?") {
    event.preventDefault();
    toggleHelp();
    return;
  }
  if (!isOn() || (dialog !== null && dialog.open)) return;
  const found = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (found === null) return;
  event.preventDefault();
  if (found.matches("button")) found.click();
  else found.focus();
});

for (const help of document.querySelectorAll("button.help")) {
  help.hidden = false;
  help.addEventListener("click", toggleHelp);
}

if (box !== null) {
  box.checked = isOn();
  box.addEventListener("change", () => {
    if (box.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "yes");
  });
}

// A decision is sent once, however often its key is pressed.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
// who comes back by the browser's own button may send it again
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
