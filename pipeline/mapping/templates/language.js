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
  const preferred = navigator.languages.map((tag) => tag.toLowerCase().split("-")[0]).find(known) || "en";

  function speak(code) {
    choice.value = code;
    if (code !== corridor.language) corridor.switchTo(code);
  }
  choice.addEventListener("change", () => {
    speak(choice.value);
    corridor.address.changed();
  });
  corridor.address.keep("lang", (code) => speak(known(code) || preferred), () => (choice.value === preferred ? null : choice.value));
  // Before the page is seen, so that it is not seen in another language first.
  speak(known(corridor.address.value("lang")) || preferred);
})();
