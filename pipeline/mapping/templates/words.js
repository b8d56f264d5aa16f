// The language of the page: messages by their English text, numbers as the language writes them.
"use strict";
corridor.language = "en";

// A message in the language of the page; {name} stands for a value.
corridor.t = function (message, values) {
  const own = corridor.languages && corridor.languages[corridor.language];
  const said = own && Object.hasOwn(own, message) ? own[message] : message;
  return said.replace(/\{(\w+)\}/g, (whole, name) => {
    if (!values || !Object.hasOwn(values, name)) return whole;
    return typeof values[name] === "number" ? corridor.number(values[name]) : String(values[name]);
  });
};

corridor.number = function (value, decimals) {
  const digits = decimals === undefined ? { maximumFractionDigits: 6 } : { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return value.toLocaleString(corridor.language, digits);
};

// All marked text of the page, in its language.
corridor.speak = function () {
  const values = (text) => (text ? JSON.parse(text) : undefined);
  for (const element of document.querySelectorAll("[data-t]")) {
    element.textContent = corridor.t(element.dataset.t, values(element.dataset.v));
  }
  for (const name of ["aria-label", "title", "alt", "placeholder", "data-label"]) {
    for (const element of document.querySelectorAll("[data-t-" + name + "]")) {
      element.setAttribute(name, corridor.t(element.getAttribute("data-t-" + name), values(element.getAttribute("data-v-" + name))));
    }
  }
  document.documentElement.lang = corridor.language;
};
