// Light or dark: as the reader chose, else as the device does; paper is always light.
"use strict";
(function () {
  const root = document.documentElement;
  const button = document.getElementById("theme");
  const device = matchMedia("(prefers-color-scheme: dark)");
  let chosen = (/[#&]theme=(light|dark)\b/.exec(location.hash) || [])[1];
  function show(theme) {
    root.dataset.theme = theme;
    button.setAttribute("aria-pressed", String(theme === "dark"));
    // The map opens as this page looks.
    for (const link of document.querySelectorAll("a[href$='corridor.html'], a[href*='corridor.html#theme=']")) {
      link.hash = chosen ? "theme=" + chosen : "";
    }
  }
  button.addEventListener("click", () => {
    chosen = root.dataset.theme === "dark" ? "light" : "dark";
    show(chosen);
  });
  device.addEventListener("change", () => { if (!chosen) show(device.matches ? "dark" : "light"); });
  show(root.dataset.theme);
})();
