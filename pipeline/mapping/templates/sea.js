// Depths around the route at another level of the sea, drawn here from the packed depths (sealevels.py).
//   corridor.sea.levels      [[label, metres above the level of the build], ...]
//   corridor.sea.draw(change)  promise of {url, bounds}: a picture for the map
"use strict";
corridor.sea = (function () {
  const FINER = 2;
  const LIGHT = { azimuth: (315 * Math.PI) / 180, height: (45 * Math.PI) / 180, strength: 0.45 };
  const drawn = new Map();
  const rgb = (colour) => [1, 3, 5].map((place) => parseInt(colour.slice(place, place + 2), 16));

  // How much brighter or darker than a level bed each pixel is, as the shading of the main picture has it.
  function shades(depth, known, width, height, meta) {
    const found = new Float32Array(depth.length);
    const level = Math.sin(LIGHT.height);
    const east = Math.sin(LIGHT.azimuth) * Math.cos(LIGHT.height);
    const north = Math.cos(LIGHT.azimuth) * Math.cos(LIGHT.height);
    const scale = meta.exaggeration / (2 * meta.pixel_m);
    for (let row = 1; row < height - 1; row += 1) {
      for (let col = 1; col < width - 1; col += 1) {
        const at = row * width + col;
        if (!(known[at] && known[at - 1] && known[at + 1] && known[at - width] && known[at + width])) continue;
        const byCol = (depth[at - 1] - depth[at + 1]) * scale;
        const byRow = (depth[at - width] - depth[at + width]) * scale;
        const facing = -byCol * east + byRow * north + level;
        found[at] = LIGHT.strength * (Math.min(1, Math.max(0, facing / Math.sqrt(byCol * byCol + byRow * byRow + 1))) - level);
      }
    }
    return found;
  }

  function paint({ meta, arrays }, change) {
    const { width, height } = meta;
    const known = new Uint8Array(arrays.depth.length);
    const depth = new Float32Array(arrays.depth.length);
    for (let at = 0; at < depth.length; at += 1) {
      known[at] = arrays.depth[at] === meta.none ? 0 : 1;
      depth[at] = known[at] ? arrays.depth[at] / 10 : 0;
    }
    const light = shades(depth, known, width, height, meta);
    const tints = meta.colours.map(rgb);
    const dry = meta.dry.map(rgb);
    const shore = rgb(meta.shore);
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width * FINER, height * FINER];
    const context = canvas.getContext("2d");
    const image = context.createImageData(canvas.width, canvas.height);
    const wet = new Uint8Array(canvas.width * canvas.height);
    for (let y = 0; y < canvas.height; y += 1) {
      const fromTop = Math.min(height - 1, Math.max(0, (y + 0.5) / FINER - 0.5));
      const row = Math.min(height - 2, Math.floor(fromTop));
      const down = fromTop - row;
      for (let x = 0; x < canvas.width; x += 1) {
        const fromLeft = Math.min(width - 1, Math.max(0, (x + 0.5) / FINER - 0.5));
        const col = Math.min(width - 2, Math.floor(fromLeft));
        const right = fromLeft - col;
        const at = row * width + col;
        if (!(known[at] && known[at + 1] && known[at + width] && known[at + width + 1])) continue;
        const mix = (values) => (values[at] * (1 - right) + values[at + 1] * right) * (1 - down) + (values[at + width] * (1 - right) + values[at + width + 1] * right) * down;
        const now = mix(depth);
        const then = now + change;
        const pixel = y * canvas.width + x;
        let colour = null;
        if (then > 0) {
          wet[pixel] = 1;
          let tint = 0;
          while (tint < meta.breaks_m.length && then >= meta.breaks_m[tint]) tint += 1;
          colour = tints[tint];
        } else if (now > 0) {
          colour = (x + y) % 8 < 3 ? dry[1] : dry[0];
        }
        if (colour === null) continue;
        const bright = then > 0 ? 1 + mix(light) : 1;
        for (let part = 0; part < 3; part += 1) image.data[pixel * 4 + part] = colour[part] * bright;
        image.data[pixel * 4 + 3] = 255;
      }
    }
    for (let pixel = canvas.width; pixel < wet.length; pixel += 1) {
      if (!image.data[pixel * 4 + 3] && !image.data[(pixel - 1) * 4 + 3]) continue;
      if (wet[pixel] === wet[pixel - 1] && wet[pixel] === wet[pixel - canvas.width]) continue;
      for (let part = 0; part < 3; part += 1) image.data[pixel * 4 + part] = shore[part];
      image.data[pixel * 4 + 3] = 255;
    }
    context.putImageData(image, 0, 0);
    return { url: canvas.toDataURL("image/png"), bounds: meta.bounds };
  }

  function draw(change) {
    if (!drawn.has(change)) drawn.set(change, corridor.unpack("sea-data").then((block) => paint(block, change)));
    return drawn.get(change);
  }

  return { levels: corridor.sea_levels, draw };
})();

// The depths of the map follow the sea of a what-if: a picture at its level lies over that of the build.
(function () {
  const { map, depth } = window.corridorLayers;
  const said = document.getElementById("sea-drawn");
  if (!depth || !said) return;
  const AT_REST_MS = 400; // to draw it takes longer than a step of a slider may
  map.createPane("other-sea").style.zIndex = 225; // over land that drowns
  map.getPane("other-sea").style.pointerEvents = "none";
  let picture = null;
  let level = null;
  let turn = 0;
  let later = 0;

  function say() {
    said.hidden = level === null;
    said.textContent = level === null ? "" : picture ? corridor.t("Drawn for the sea of the what-if, at {level}\u00a0m; hatched sand falls dry.", { level }) :
      corridor.t("Drawn for the sea of the build, not for that of the what-if, at {level}\u00a0m.", { level });
    if (picture && picture.getElement()) picture.getElement().alt = corridor.t("Water depth around the route with the sea of the what-if");
  }

  function put(found) {
    if (picture) picture.remove();
    picture = found ? L.imageOverlay(found.url, found.bounds, { pane: "other-sea", interactive: false, className: "picture" }) : null;
    if (picture && map.hasLayer(depth)) picture.addTo(map);
    say();
  }

  async function follow({ changed, settings }) {
    turn += 1;
    window.clearTimeout(later);
    if (!changed && level === null) return;
    const mine = turn;
    const { surfaces } = (await corridor.unpack("whatif-data")).meta;
    if (mine !== turn) return;
    const sea = changed ? surfaces[settings.surface] : null;
    const other = sea && sea.change_m !== 0 ? [sea.level_m, 1] : null;
    if (JSON.stringify(other) === JSON.stringify(level) && (picture || !other)) return;
    level = other;
    put(null);
    if (level === null) return;
    later = window.setTimeout(() => {
      corridor.sea.draw(sea.change_m).then((found) => { if (mine === turn) put(found); }, (error) => { said.append(" " + error.message); });
    }, AT_REST_MS);
  }

  map.on("layeradd layerremove", ({ layer, type }) => {
    if (layer !== depth || !picture) return;
    if (type === "layeradd") picture.addTo(map); else picture.remove();
    say();
  });
  corridor.on("decision", follow);
  corridor.on("language", say);
})();
