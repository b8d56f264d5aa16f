// The choice of a language: by the address, else by what the reader's browser prefers, else English.
"use strict";
(function () {
  const choice = document.getElementById("language");
  for (const [code, language] of Object.entries(corridor.languages)) {
    const option = corridor.make("option", { text: language.name });
    option.value = code;
    option.lang = code;
    choice.append(option);
  }
  choice.hidden = false;
  const known = (code) => (code && Object.hasOwn(corridor.languages, code) ? code : null);
  const preferred = () => (navigator.languages || [navigator.language]).map((tag) => tag.toLowerCase().split("-")[0]).find(known) || "en";
  const inAddress = () => known(new URLSearchParams(window.location.hash.slice(1)).get("lang"));

  function speak(code) {
    choice.value = code;
    if (code !== corridor.language) corridor.switchTo(code);
  }
  choice.addEventListener("change", () => {
    const parts = new URLSearchParams(window.location.hash.slice(1));
    parts.set("lang", choice.value);
    window.history.replaceState(null, "", "#" + parts.toString());
    speak(choice.value);
  });
  window.addEventListener("hashchange", () => { if (inAddress()) speak(inAddress()); });
  speak(inAddress() || preferred());
})();
