// Light or dark: as the reader chose, else as the device does; paper is always light. Sheets and SVG follow by
// themselves; what Leaflet draws on a canvas is painted here with the colours that its layers name.
"use strict";
(function () {
  const root = document.documentElement;
  const device = window.matchMedia("(prefers-color-scheme: dark)");
  const button = document.getElementById("theme");
  let chosen = null;
  corridor.theme = root.dataset.theme;

  // The value that a colour of colours.css has now.
  const colours = new Map();
  corridor.colour = (name) => {
    if (!colours.has(name)) colours.set(name, window.getComputedStyle(root).getPropertyValue(name).trim());
    return colours.get(name);
  };

  const named = /^var\((--[a-z-]+)\)$/;
  const meant = new WeakMap();
  function paint(layer) {
    if (layer.eachLayer) { layer.eachLayer(paint); return; }
    if (!(layer instanceof L.Path) || layer.options.renderer instanceof L.SVG) return;
    if (!meant.has(layer)) meant.set(layer, { color: layer.options.color, fillColor: layer.options.fillColor });
    const style = {};
    for (const [key, colour] of Object.entries(meant.get(layer))) {
      const name = named.exec(colour || "");
      if (name) style[key] = corridor.colour(name[1]);
    }
    if (Object.keys(style).length > 0) layer.setStyle(style);
  }
  function paintAll() { for (const layer of Object.values(window.corridorLayers)) if (layer instanceof L.Layer) paint(layer); }

  function show(theme) {
    if (theme === corridor.theme) return;
    corridor.theme = theme;
    root.dataset.theme = theme;
    colours.clear();
    button.setAttribute("aria-pressed", String(theme === "dark"));
    paintAll();
    corridor.tell("theme", theme);
  }
  const wanted = () => chosen || (device.matches ? "dark" : "light");

  button.setAttribute("aria-pressed", String(corridor.theme === "dark"));
  button.addEventListener("click", () => {
    chosen = corridor.theme === "dark" ? "light" : "dark";
    show(chosen);
    corridor.address.changed();
  });
  device.addEventListener("change", () => show(wanted()));
  window.addEventListener("beforeprint", () => show("light"));
  window.addEventListener("afterprint", () => show(wanted()));
  corridor.address.keep("theme", (text) => {
    chosen = text === "dark" || text === "light" ? text : null;
    show(wanted());
  }, () => chosen);
  // Now those of the page, before the map draws them; later what other scripts add.
  paintAll();
  window.corridorLayers.map.whenReady(() => window.corridorLayers.map.on("layeradd", (event) => paint(event.layer)));
})();
