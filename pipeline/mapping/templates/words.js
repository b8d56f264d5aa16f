// The language of the page: messages by their English text, numbers and dates as the language writes them.
//   corridor.t(message, values)        a message; {name} stands for a value
//   corridor.tn(one, many, values)     a message that counts, by values.n
//   corridor.say(said)                 a message from the data block ({t, p, v}), or text as it is
// A value is a text (never translated), a number, [number, decimals], [number, -significant digits], {day}, {list},
// {capital} (what begins a sentence) or a message from the data block.
"use strict";
Object.assign(corridor, JSON.parse(document.getElementById("corridor-languages").textContent));
corridor.language = "en";

corridor.t = function (message, values) {
  return corridor.fill(corridor.found(message, null), values);
};

corridor.tn = function (one, many, values) {
  const { n } = values;
  const size = Array.isArray(n) ? (n[1] < 0 ? Number(n[0].toPrecision(-n[1])) : Number(n[0].toFixed(n[1]))) : n;
  const form = new Intl.PluralRules(corridor.language).select(size);
  return corridor.fill(corridor.found(one, form) || (size === 1 ? one : many), values);
};

corridor.say = function (said) {
  if (said === null || typeof said !== "object") return String(said);
  return said.p ? corridor.tn(said.t, said.p, said.v) : corridor.t(said.t, said.v);
};

// The translation of a message, of one of its forms where it counts; English itself where there is none.
corridor.found = function (message, form) {
  const own = corridor.languages[corridor.language];
  const found = own && Object.hasOwn(own.messages, message) ? own.messages[message] : null;
  if (form === null) return typeof found === "string" ? found : message;
  return found === null || typeof found === "string" ? null : found[form] || found.other;
};

corridor.fill = function (message, values) {
  return message.replace(/\{(\w+)\}/g, (whole, name) => (values && Object.hasOwn(values, name) ? corridor.shown(values[name]) : whole));
};

corridor.shown = function (value) {
  if (typeof value === "number") return corridor.number(value);
  if (Array.isArray(value)) return value[1] < 0 ? corridor.significant(value[0], -value[1]) : corridor.number(value[0], value[1]);
  if (value !== null && typeof value === "object") {
    if (value.day) return corridor.day(value.day);
    if (value.capital) {
      const text = corridor.shown(value.capital);
      const [first = ""] = text;
      return first.toLocaleUpperCase(corridor.language) + text.slice(first.length);
    }
    return value.list ? value.list.map(corridor.shown).join(value.between) : corridor.say(value);
  }
  const text = String(value);
  // Text that would turn the direction of the sentence around it stands apart (messages.py does the same), whatever
  // directions it opens or closes itself.
  if (!/[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]/.test(text)) return text;
  let [opened, loose] = [0, 0];
  for (const letter of text) {
    if ("\u2066\u2067\u2068".includes(letter)) opened += 1;
    else if (letter === "\u2069" && opened) opened -= 1;
    else if (letter === "\u2069") loose += 1;
  }
  return "\u2068".repeat(loose + 1) + text + "\u2069".repeat(opened + 1);
};

// A number as English writes it, with the marks of the language: not every browser knows them all. To make a format
// takes far longer than to use it.
corridor.written = (function () {
  const made = new Map();
  return function (value, digits) {
    const key = JSON.stringify(digits);
    if (!made.has(key)) made.set(key, new Intl.NumberFormat("en", digits));
    const { decimal, group } = corridor.languages[corridor.language];
    return made.get(key).format(value).replace(/[.,]/g, (mark) => (mark === "." ? decimal : group));
  };
})();

corridor.number = function (value, decimals) {
  return corridor.written(value, decimals === undefined ? { maximumFractionDigits: 6 } : { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
};

corridor.significant = function (exact, digits = 3) {
  const value = Number(exact.toPrecision(digits));
  if (value === 0) return "0";
  const size = Math.floor(Math.log10(Math.abs(value)));
  if (size < -3 || size > 6) {
    const raised = "⁰¹²³⁴⁵⁶⁷⁸⁹";
    const power = "10" + (size < 0 ? "⁻" : "") + String(Math.abs(size)).split("").map((digit) => raised[Number(digit)]).join("");
    const factor = Number((value / 10 ** size).toPrecision(digits));
    return factor === 1 ? power : corridor.number(factor) + "\u00a0×\u00a0" + power;
  }
  return corridor.written(value, { maximumSignificantDigits: digits });
};

corridor.day = function (iso) {
  const [y, month, d] = iso.split("-").map(Number);
  const { day, months } = corridor.languages[corridor.language];
  return corridor.fill(day, { d: String(d), month: months[month - 1], y: String(y) });
};

// A value with its unit, as messages name units.
corridor.measure = function (value, unit) {
  const known = Object.hasOwn(corridor.units, unit) ? corridor.units[unit] : unit ? "{n}\u00a0" + unit : "{n}";
  return corridor.fill(corridor.found(known, null), { n: value });
};

// All marked text of the page or of a part of it, in the language of the page.
corridor.speak = function (root = document) {
  const said = (element, tail) => {
    const values = element.getAttribute("data-v" + tail);
    return corridor.say({
      t: element.getAttribute("data-t" + tail), p: element.getAttribute("data-p" + tail), v: values ? JSON.parse(values) : undefined,
    });
  };
  for (const element of root.querySelectorAll("[data-t]")) {
    const text = said(element, "");
    if (element.textContent !== text) element.textContent = text;
  }
  for (const name of ["aria-label", "title", "alt", "placeholder", "data-label"]) {
    for (const element of root.querySelectorAll("[data-t-" + name + "]")) element.setAttribute(name, said(element, "-" + name));
  }
};

// Another language: marked text here, everything else by the event "language".
corridor.switchTo = function (code) {
  corridor.language = Object.hasOwn(corridor.languages, code) ? code : "en";
  document.documentElement.lang = corridor.language;
  corridor.speak();
  corridor.tell("language", corridor.language);
};
