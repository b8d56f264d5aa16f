// Long tables begin folded on a narrow screen, and are open on paper; without scripts they are open everywhere.
"use strict";
(function () {
  const folds = document.querySelectorAll("details.fold");
  const set = (open) => folds.forEach((fold) => { fold.open = open; });
  if (matchMedia("screen and (max-width: 759px)").matches) set(false);
  addEventListener("beforeprint", () => set(true));
})();
