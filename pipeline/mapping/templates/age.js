// Says on the page, by the reader's own calendar, that its data have grown old.
"use strict";
(function () {
  const note = document.getElementById("old");
  const day = Date.parse(note.dataset.asOf + "T00:00:00Z");
  const days = Math.floor((Date.now() - day) / 86400000);
  if (days > Number(note.dataset.staleAfterDays)) {
    const said = note.firstElementChild;
    said.dataset.v = JSON.stringify({ n: days });
    said.textContent = (days === 1 ? said.dataset.t : said.dataset.p).replace("{n}", days.toLocaleString("en"));
    note.hidden = false;
  }
})();
