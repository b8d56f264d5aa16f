// The view in the address, so that it can be sent: corridor.html#range=100-140&kp=123.4&lang=ru
//   corridor.address.keep(key, read, write)  a part keeps something there, at any time before the page is complete;
//     read(text)   sets it, at opening and when the address changes; null where the address no longer holds it.
//                  The text is anybody's: what is not understood is ignored.
//     write()      gives it, or null where it is as the page opens by itself: the shortest address says the most.
//   corridor.address.changed()   something kept has changed; the address follows a moment later
//   corridor.address.value(key)  what the address holds now, or null; for what must be known before the page is drawn
// Keys are read in the order in which they were given to keep.
"use strict";
corridor.address = (function () {
  // Browsers refuse scripts that write addresses many times a second.
  const QUIET_MS = 300;
  const kept = new Map();
  let read = false;
  let waiting = 0;

  // A link inside the page, such as #zones, is no view.
  const isView = (text) => text.includes("=");
  const inAddress = () => new URLSearchParams(isView(window.location.hash) ? window.location.hash.slice(1) : "");

  function write() {
    waiting = 0;
    const view = new URLSearchParams();
    for (const [key, part] of kept) {
      const text = part.write() ?? null;
      part.last = text;
      if (text !== null) view.set(key, text);
    }
    const page = window.location.href.split("#")[0];
    const hash = "#" + view;
    if (hash === "#" ? window.location.hash !== "" : window.location.hash !== hash) {
      window.history.replaceState(null, "", hash === "#" ? page : page + hash);
    }
  }

  function apply() {
    const view = inAddress();
    for (const [key, part] of kept) {
      const text = view.get(key);
      if (text === part.last) continue;
      part.last = text;
      part.read(text);
    }
  }

  function changed() {
    if (read && !waiting) waiting = window.setTimeout(write, QUIET_MS);
  }

  document.addEventListener("DOMContentLoaded", () => { apply(); read = true; });
  window.addEventListener("hashchange", () => {
    if (isView(window.location.hash) || window.location.hash === "") apply();
    changed();
  });
  return {
    keep: (key, reader, writer) => kept.set(key, { read: reader, write: writer, last: null }),
    changed,
    value: (key) => inAddress().get(key),
  };
})();
