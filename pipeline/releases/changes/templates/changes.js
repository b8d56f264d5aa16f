// Joins map, chart and table of the changes. Text reaches the page by textContent alone.
"use strict";
(function () {
  const layers = window.corridorLayers;
  const map = layers.map;
  const container = map.getContainer();
  const lines = new Map();
  const narrow = window.matchMedia("(max-width: 699px)");

  // The first view: the whole route, as long as the reader has chosen no other.
  const bounds = L.latLngBounds(corridor.box);
  if (layers.old) bounds.extend(layers.old.getBounds());
  const opening = { bounds, margin: { ...corridor.around, side: 34, top: 34 } };
  corridor.begin(map, opening);
  let fitting = false;
  let chosen = false;
  function fit() {
    fitting = true;
    corridor.frame(map, bounds, opening.margin);
    fitting = false;
  }
  map.on("movestart", () => { if (!fitting) chosen = true; });
  map.on("resize", () => { if (!chosen) fit(); });

  const title = ({ exact, kind }) => corridor.t("{place}: {kind}", { place: exact, kind });
  // A range as its row in the table tells it.
  function words(index) {
    const row = document.getElementById("range-" + index);
    const node = corridor.make("div", { className: "pop" }, corridor.make("h3", { text: title(corridor.ranges[index]) }));
    for (const cell of row.querySelectorAll("td.told")) {
      const head = cell.classList.contains("posts-told") ? cell.dataset.label + " " : null;
      node.append(corridor.make("p", null, head, ...cell.cloneNode(true).childNodes));
    }
    node.style.maxHeight = Math.round(map.getSize().y * 0.6) + "px";
    node.tabIndex = 0;
    return node;
  }
  function open(index, where) {
    const box = map.getSize();
    L.popup({ maxWidth: Math.min(360, box.x - 100), minWidth: Math.min(240, box.x - 120), autoPanPaddingTopLeft: [50, 12], autoPanPaddingBottomRight: [12, 12] })
      .setLatLng(where || lines.get(index).getBounds().getCenter()).setContent(words(index)).openOn(map);
  }
  if (layers.ranges) {
    layers.ranges.eachLayer((layer) => {
      const name = layer.feature.id.split(" ")[1];
      if (!name) return;
      const index = Number(name);
      lines.set(index, layer);
      layer.bindTooltip(() => corridor.make("span", { text: title(corridor.ranges[index]) }), { sticky: true, className: "place-label" });
      layer.on("click", (event) => { open(index, event.latlng); L.DomEvent.stopPropagation(event); });
    });
  }
  if (layers.old) layers.old.eachLayer((layer) => layer.bindTooltip(() => corridor.make("span", { text: corridor.t("The old route, given up here") }), { sticky: true, className: "place-label" }));
  function go(index) {
    const line = lines.get(index);
    const points = line.getLatLngs().flat(2);
    container.scrollIntoView({ block: "center", behavior: corridor.still ? "auto" : "smooth" });
    corridor.frame(map, line.getBounds().pad(0.6), { side: 0, top: 0, bottom: 0 }, { maxZoom: 11 });
    open(index, points[Math.floor(points.length / 2)]);
  }
  document.querySelectorAll("button.show, .bands rect[data-range]").forEach((item) => {
    item.addEventListener("click", () => go(Number(item.dataset.range)));
  });

  // What stands on the map at all times, and how it reads in the language of the page.
  const labels = [];
  function label(tip, text) {
    tip.setContent(corridor.make("span"));
    labels.push({ tip, text });
    return tip;
  }
  const posts = [];
  if (layers.posts) {
    layers.posts.eachLayer((layer) => {
      layer.bindTooltip("", { permanent: true, direction: "right", offset: [7, 0], className: "place-label", pane: "markerPane" });
      label(layer.getTooltip(), () => corridor.t("KP {kp}", { kp: Number(layer.feature.id) }));
      posts.push(layer);
    });
  }
  // The ranges that matter most bear their name, on the side away from the kilometre posts.
  const named = corridor.named.map((index) => {
    const points = lines.get(index).getLatLngs().flat(2);
    const tip = L.tooltip({ permanent: true, direction: "left", offset: [-10, 0], className: "place-label named", pane: "markerPane" })
      .setLatLng(points[Math.floor(points.length / 2)]);
    const { place, kind } = corridor.ranges[index];
    label(tip, () => (narrow.matches ? corridor.say(place) : corridor.t("{place}: {kind}", { place, kind }))).addTo(map);
    tip.getElement().style.setProperty("--kind", lines.get(index).options.color);
    return tip;
  });
  // Labels stand clear of each other and of the landings in every view.
  function thin() {
    const at = (latlng) => map.latLngToLayerPoint(latlng);
    const taken = corridor.ends.map((end) => at(L.latLng(end)));
    const heights = taken.map((point) => point.y);
    for (const tip of named) {
      const { y } = at(tip.getLatLng());
      const clear = heights.every((other) => Math.abs(other - y) >= 22);
      tip.getElement().style.display = clear ? "" : "none";
      if (clear) heights.push(y);
    }
    for (const post of posts) {
      const point = at(post.getLatLng());
      const clear = taken.every((other) => other.distanceTo(point) >= 44);
      post.setStyle({ opacity: clear ? 1 : 0, fillOpacity: clear ? 1 : 0 });
      if (clear) { taken.push(point); post.openTooltip(); } else post.closeTooltip();
    }
  }
  map.on("zoomend", thin);

  const names = corridor.nameLandings(map, layers.landings, layers.route);
  const nameControls = corridor.nameControls(map, () => corridor.t("Map of what changed. The table of changed ranges holds the same results."));
  const sayScale = corridor.speakAnew(map);
  function speak() {
    nameControls();
    sayScale();
    for (const { tip, text } of labels) tip.setContent(corridor.make("span", { text: text() }));
    map.closePopup();
    thin();
    names.say();
  }
  corridor.on("language", speak);
  speak();
  corridor.onPaper(map, { ...opening, placed: names.place });
})();
