// Two layers of the swath, or two levels of the sea, beside each other with a divide that moves.
"use strict";
(function () {
  const { map, ...layers } = window.corridorLayers;
  const container = map.getContainer();
  const box = document.getElementById("compare");
  const split = document.getElementById("compare-split");
  const line = document.getElementById("compare-line");
  const said = document.getElementById("compare-said");
  const THUMB = 36;
  // Above land, so that what a higher sea drowns is seen, and below the route.
  const sides = ["left", "right"].map((name, place) => {
    const pane = map.createPane("compare-" + name);
    pane.style.zIndex = 310 + place;
    pane.style.pointerEvents = "none";
    return { name, pane, select: document.getElementById("compare-" + name), key: document.getElementById("compare-key-" + name), picture: null, turn: 0 };
  });
  const overlays = corridor.overlays.filter((item) => Object.hasOwn(layers, item.name));
  const choices = [
    ...overlays.map((item) => ({
      id: item.name, group: "swath", title: () => corridor.say(item.title), heading: () => corridor.say(item.heading), entries: item.entries,
      provenance: item.provenance, draw: () => Promise.resolve({ url: layers[item.name]._url, bounds: layers[item.name].getBounds() }),
    })),
    ...corridor.sea.levels.map(([label, change]) => ({
      id: "sea" + change, group: "sea", title: () => corridor.t("Level of the sea, {level}", { level: corridor.say(label) }),
      heading: () => corridor.t("Water depth at that level (m); hatched sand: falls dry"), entries: corridor.sea_entries,
      provenance: corridor.layers.bathymetry.provenance, draw: () => corridor.sea.draw(change),
    })),
  ];
  const choice = (id) => choices.find((item) => item.id === id);
  const first = { left: overlays.length ? overlays[0].name : choices[0].id, right: overlays.length > 4 ? overlays[4].name : choices[choices.length - 1].id };

  function fill() {
    for (const { name, select } of sides) {
      const wanted = select.value || first[name];
      const groups = [["swath", corridor.t("Layers of the swath")], ["sea", corridor.t("Levels of the sea")]].map(([group, label]) => {
        const node = corridor.make("optgroup");
        node.label = label;
        for (const item of choices.filter((other) => other.group === group)) {
          const option = corridor.make("option", { text: item.title() });
          option.value = item.id;
          node.append(option);
        }
        return node;
      });
      select.replaceChildren(...groups.filter((group) => group.children.length));
      select.value = wanted;
    }
  }

  function legend(side, item) {
    const list = corridor.make("ul");
    for (const [colour, label] of item.entries) {
      const chip = corridor.make("i", { className: "chip" + (colour === corridor.blank ? " hatched" : "") });
      chip.style.backgroundColor = colour;
      list.append(corridor.make("li", null, chip, corridor.make("span", { text: corridor.say(label) })));
    }
    const head = corridor.make("b", { text: item.heading() });
    const tag = corridor.tag(item.provenance);
    const stands = item.group === "swath" ? corridor.make("p", { className: "changed whatifs", text: corridor.t("The picture is that of the build, not of the what-if.") }) : null;
    side.key.replaceChildren(...[head, " ", tag, stands, list].filter(Boolean));
  }

  async function show(side) {
    const item = choice(side.select.value);
    side.turn += 1;
    const turn = side.turn;
    legend(side, item);
    let found;
    try {
      found = await item.draw();
    } catch (error) {
      said.textContent = error.message;
      side.key.append(corridor.make("p", { className: "note", text: error.message }));
      return;
    }
    if (turn !== side.turn || box.hidden) return;
    if (side.picture) side.picture.remove();
    side.picture = L.imageOverlay(found.url, found.bounds, { pane: "compare-" + side.name, interactive: false, alt: item.heading() }).addTo(map);
    side.picture.getElement().dataset.shows = item.id;
    cut();
  }

  // Each side is cut at the divide, in the moving coordinates of the map.
  function cut() {
    if (box.hidden) return;
    const size = map.getSize();
    const at = THUMB / 2 + (Number(split.value) / 100) * (size.x - THUMB);
    line.style.left = at + "px";
    const [from, to] = [map.containerPointToLayerPoint([0, 0]), map.containerPointToLayerPoint(size)];
    const middle = map.containerPointToLayerPoint([at, 0]).x;
    const shape = (left, right) => "polygon(" + [[left, from.y], [right, from.y], [right, to.y], [left, to.y]].map(([x, y]) => x + "px " + y + "px").join(",") + ")";
    sides[0].pane.style.clipPath = shape(from.x, middle);
    sides[1].pane.style.clipPath = shape(middle, to.x);
  }

  function open() {
    if (!box.hidden) return;
    box.hidden = false;
    container.classList.add("comparing");
    fill();
    sides.forEach(show);
    cut();
    corridor.address.changed();
    button.setAttribute("aria-pressed", "true");
  }

  function close() {
    if (box.hidden) return;
    box.hidden = true;
    container.classList.remove("comparing");
    for (const side of sides) {
      side.turn += 1;
      if (side.picture) side.picture.remove();
      side.picture = null;
    }
    button.setAttribute("aria-pressed", "false");
    corridor.address.changed();
  }

  const button = corridor.make("button", { className: "compare-button" });
  button.type = "button";
  button.setAttribute("aria-pressed", "false");
  const word = () => {
    button.textContent = corridor.t("Compare");
    button.title = corridor.t("Compare two layers or two levels of the sea");
  };
  word();
  const Control = L.Control.extend({
    options: { position: "topleft" },
    onAdd() {
      const bar = corridor.make("div", { className: "leaflet-bar compare-control" }, button);
      L.DomEvent.disableClickPropagation(bar);
      return bar;
    },
  });
  if (choices.length > 1) new Control().addTo(map);
  L.DomEvent.disableClickPropagation(box);
  L.DomEvent.disableScrollPropagation(box);

  button.addEventListener("click", () => {
    if (box.hidden) { open(); sides[0].select.focus(); } else close();
  });
  document.getElementById("compare-close").addEventListener("click", () => { close(); button.focus(); });
  box.addEventListener("keydown", (event) => { if (event.key === "Escape") { close(); button.focus(); } });
  split.addEventListener("input", () => { cut(); corridor.address.changed(); });
  for (const side of sides) side.select.addEventListener("change", () => { show(side); corridor.address.changed(); });
  map.on("move zoom viewreset resize", cut);
  corridor.on("language", () => {
    word();
    if (box.hidden) return;
    fill();
    for (const side of sides) legend(side, choice(side.select.value));
  });

  corridor.address.keep("compare",
    (text) => {
      const [left, right, place] = (text || "").split(",");
      if (!choice(left) || !choice(right)) { close(); return; }
      fill();
      [sides[0].select.value, sides[1].select.value] = [left, right];
      if (/^\d+$/.test(place || "") && Number(place) <= 100) split.value = place;
      if (box.hidden) open(); else sides.forEach(show);
      cut();
    },
    () => (box.hidden ? null : [sides[0].select.value, sides[1].select.value, split.value].join(",")));
})();
