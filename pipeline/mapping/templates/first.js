// The theme, before anything is drawn: as the address says, else as the device does.
"use strict";
document.documentElement.dataset.theme = (/[#&]theme=(light|dark)\b/.exec(window.location.hash) || [])[1] ||
  (window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
