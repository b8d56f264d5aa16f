// Light or dark, as the reader chose, else as the device does.
"use strict";
(function () {
  const root = document.documentElement;
  const button = document.getElementById("theme");
  const device = matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;
  function show() {
    root.dataset.theme = chosen || (device.matches ? "dark" : "light");
    button.setAttribute("aria-pressed", String(root.dataset.theme === "dark"));
  }
  corridor.address.keep("theme", (text) => {
    chosen = text === "light" || text === "dark" ? text : null;
    show();
  }, () => chosen);
  button.addEventListener("click", () => {
    chosen = root.dataset.theme === "dark" ? "light" : "dark";
    show();
    corridor.address.changed();
  });
  device.addEventListener("change", show);
  show();
})();
