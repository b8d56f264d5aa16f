// What faults, cables, areas and anchorages say of themselves when they are clicked.
"use strict";
(function () {
  const { map, ...layers } = window.corridorLayers;

  function node(told, note) {
    const body = corridor.make("tbody");
    for (const [label, text] of note.rows) body.append(corridor.row(corridor.say(label), corridor.say(text), ""));
    const head = corridor.make("h3", { text: corridor.say(note.title) });
    const tag = corridor.tag(told.provenance);
    if (tag) head.append(" ", tag);
    const name = note.name ? corridor.make("p", null, corridor.make("bdi", { text: note.name })) : null;
    return corridor.make("div", { className: "pop" }, head, name, corridor.make("table", null, body));
  }

  for (const [name, told] of Object.entries(corridor.features)) {
    if (!layers[name]) continue;
    layers[name].eachLayer((layer) => {
      layer.bindPopup(() => node(told, told.notes[Number(layer.feature.id)]), { maxWidth: Math.min(320, map.getSize().x - 60) });
    });
  }
})();
