// A click beside the route tells the numbers of the cell of the swath that lies there.
"use strict";
(function () {
  const { map } = window.corridorLayers;
  const BLANK = 65535;
  const NO_CODE = 255;
  // Label, unit and decimals (-2: significant digits) of the columns, and the step whose provenance is told.
  const SHOWN = [
    ["water_depth_m", () => corridor.t("Water depth"), "m", 1, "bathymetry"],
    ["depth_source", () => corridor.t("Source of the depth"), "", 0, ""],
    ["confidence", () => corridor.t("Confidence in the depth (A survey, B regional, C coarse or synthetic)"), "", 0, ""],
    ["slope_deg", () => corridor.t("Slope"), "°", 1, "terrain"],
    ["soil_class", () => corridor.t("Soil"), "", 0, "soil"],
    ["passages_per_yr", () => corridor.t("Ships that pass the cell"), "per year", -2, "ais"],
    ["anchor_strike_per_km_yr", () => corridor.t("Anchor strikes, surface-laid"), "per km and year", -3, "shipping"],
    ["fishing_strike_per_km_yr", () => corridor.t("Fishing strikes, surface-laid"), "per km and year", -3, "fishing"],
    ["required_dol_p10_m", () => corridor.t("Required depth, P10"), "m", 2, "burial"],
    ["required_dol_p50_m", () => corridor.t("Required depth, P50"), "m", 2, "burial"],
    ["required_dol_p90_m", () => corridor.t("Required depth, P90"), "m", 2, "burial"],
    ["target_dol_m", () => corridor.t("Target depth of lowering"), "m", 1, "burial"],
    ["pga_475yr_g", () => corridor.t("Peak ground acceleration on rock, 475 years"), "g", 3, "seismic"],
    ["slope_fs", () => corridor.t("Slope factor of safety in that shaking"), "", 2, "stability"],
  ];

  function cellAt(block, latlng) {
    const { width, height, bounds } = block.meta;
    const [low, high] = bounds.map(([lat, lng]) => L.CRS.EPSG3857.project(L.latLng(lat, lng)));
    const point = L.CRS.EPSG3857.project(latlng);
    const col = Math.floor(((point.x - low.x) / (high.x - low.x)) * width);
    const row = Math.floor(((high.y - point.y) / (high.y - low.y)) * height);
    return col < 0 || row < 0 || col >= width || row >= height ? -1 : block.arrays.cell[row * width + col];
  }

  function text(block, name, unit, decimals, cell) {
    const told = block.meta.columns.find((item) => item[0] === name);
    if (!told) return corridor.t("not assessed");
    const code = block.arrays[name][cell];
    if (told[1] === "code") {
      if (code === NO_CODE) return corridor.t("not assessed");
      const level = block.meta.levels[name][code];
      return name === "soil_class" && Object.hasOwn(corridor.soil, level) ? corridor.say(corridor.soil[level].label) : level.replaceAll("_", " ");
    }
    if (code === BLANK) return corridor.t("not assessed");
    const { step, log_least: least } = block.meta.rate;
    const value = told[1] === "rate" ? (code === 0 ? 0 : Math.exp(least + step * code)) : (code - told[3]) / told[2];
    return corridor.measure([value, decimals], unit);
  }

  function node(block, cell, station) {
    const body = corridor.make("tbody");
    for (const [name, label, unit, decimals, step] of SHOWN) {
      const rests = Object.hasOwn(corridor.layers, step) ? corridor.layers[step].provenance : "";
      body.append(corridor.row(label(), text(block, name, unit, decimals, cell), rests));
    }
    const kp = corridor.stations.columns.kp_km[station];
    const go = corridor.make("button", { className: "show", text: corridor.t("Why here? The chain at the nearest station, KP {kp}", { kp: [kp, 1] }) });
    go.type = "button";
    go.addEventListener("click", () => corridor.tell("station", { index: station, how: "open" }));
    return corridor.make("div", { className: "pop cell" },
      corridor.make("h3", { text: corridor.t("Cell of the swath beside KP {kp}", { kp: [kp, 1] }) }),
      corridor.make("p", { className: "changed whatifs", text: corridor.t("The numbers of the cell are those of the build, not of the what-if.") }),
      corridor.make("p", { className: "note", text: corridor.t("If the route ran through it:") }),
      corridor.make("table", null, body), go);
  }

  function nearest(latlng) {
    const { lat, lon } = corridor.stations.columns;
    const squeeze = Math.cos((latlng.lat * Math.PI) / 180);
    let [best, least] = [0, Infinity];
    for (let i = 0; i < lat.length; i += 1) {
      const distance = ((lon[i] - latlng.lng) * squeeze) ** 2 + (lat[i] - latlng.lat) ** 2;
      if (distance < least) [best, least] = [i, distance];
    }
    return best;
  }

  if (document.getElementById("cells-data")) {
    map.on("click", async ({ latlng }) => {
      let block;
      try {
        block = await corridor.unpack("cells-data");
      } catch (error) {
        L.popup().setLatLng(latlng).setContent(corridor.make("p", { text: error.message })).openOn(map);
        return;
      }
      const cell = cellAt(block, latlng);
      if (cell < 0) return;
      const size = map.getSize();
      const content = node(block, cell, nearest(latlng));
      content.tabIndex = 0;
      content.style.maxHeight = Math.round(size.y * 0.6) + "px";
      L.popup({ maxWidth: Math.min(340, size.x - 60), minWidth: Math.min(260, size.x - 80), autoPanPadding: [12, 12] })
        .setLatLng(latlng).setContent(content).openOn(map);
    });
  }
})();
