// Links between portal, map and page of changes. They are written for maps/; the same pages are read in the folder of a
// release, maps/releases/ID/maps/ or .../ID/public/maps/, and there lead the same way from one folder further in.
"use strict";
(function () {
  const place = /\/releases\/\d{8}T\d{9}Z-[0-9a-f]{8}\/(public\/)?maps\/[^/]*$/.exec(window.location.pathname);
  const up = place && place[1] ? "../../../../" : "../../../";
  // Where releases are kept no portal lies above them: there the one beside the page serves.
  const kept = window.location.pathname.includes("/.corridor/");
  for (const link of document.querySelectorAll("a[href]")) {
    const to = link.getAttribute("href");
    if (place && to.startsWith("releases/")) link.setAttribute("href", up + (place[1] ? to.replace(/^releases\/[^/]+\//, "$&public/") : to));
    if (place && to === "index.html" && !kept) link.setAttribute("href", up + to);
    // Language and theme go along.
    if (/(^|\/)(corridor|index)\.html$/.test(to) && !link.hasAttribute("download")) {
      link.addEventListener("click", () => { link.hash = window.location.hash.includes("=") ? window.location.hash : ""; });
    }
  }
})();
