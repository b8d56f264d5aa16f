// Why here: the chain behind a station in words and numbers, from the seabed and the ships to the order and what remains.
//   corridor.why.show(index)  the chain of a station of the page; what is packed (chain.py) follows, unpacked when first asked for
//   corridor.why.read()       brings it into view
"use strict";
corridor.why = (function () {
  const BLANK = 65535;
  let block = null;
  let trouble = null;
  const open = () => corridor.unpack("why-data").then((found) => { block = found; }, (error) => { trouble = error; });

  const rate = (code) => (code === BLANK ? null : code === 0 ? 0 : Math.exp(block.meta.rate.log_least + block.meta.rate.step * code));
  const fixed = (code, parts) => (code === BLANK ? null : code / parts);
  const plain = (value) => (Number.isNaN(value) ? null : value);
  const perKm = (value) => corridor.measure([value, -3], "per km and year");
  const metres = (value, decimals = 2) => corridor.measure([value, decimals], "m");

  // The block has all stations of the page, by kilometre post; the page may have thinned or replaced its own since.
  function rowOf(index) {
    const kp = corridor.stations.columns.kp_km[index];
    const posts = block.arrays.kp_km;
    let low = 0;
    let high = posts.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (posts[middle] < kp - 0.002) low = middle + 1; else high = middle;
    }
    return Math.abs(posts[low] - kp) <= 0.002 ? low : -1;
  }

  function step(list, title, lines, provenance, sources) {
    const head = corridor.make("h4", { text: title });
    const tag = provenance === null ? corridor.make("span", { className: "tag missing", text: corridor.t("not assessed") }) : corridor.tag(provenance);
    if (tag) head.append(" ", tag);
    const item = corridor.make("li", null, head);
    for (const line of lines) if (line) item.append(typeof line === "string" ? corridor.make("p", { text: line }) : line);
    const names = (sources || []).filter(Boolean);
    if (names.length) {
      const from = corridor.make("p", { className: "from", text: corridor.t("From:") + " " });
      names.forEach((name, place) => from.append(place ? ", " : "", corridor.make("bdi", { text: name.replaceAll("_", " ") })));
      item.append(from);
    }
    list.append(item);
  }

  // Of the build, also while a what-if stands.
  function own(column, index) {
    const values = corridor.stations.columns[column];
    if (!values || values[index] === null || values[index] === undefined) return null;
    const levels = corridor.stations.levels[column];
    return levels ? levels[values[index]] : values[index];
  }
  function inWords(column, index) {
    const value = own(column, index);
    if (value === null) return corridor.t("not assessed");
    if (column === "soil_class" && Object.hasOwn(corridor.soil, value)) return corridor.say(corridor.soil[value].label);
    const words = corridor.stations.words[column];
    return words && Object.hasOwn(words, value) ? corridor.say(words[value]) : value;
  }

  const layer = (name) => (Object.hasOwn(corridor.layers, name) ? corridor.layers[name] : { provenance: "", assessed: false, sources: [] });

  function seabed(list, index, row) {
    const depth = own("water_depth_m", index);
    const slope = own("slope_deg", index);
    const lines = [
      depth === null ? corridor.t("The depth of water is not known.") : corridor.t("{depth} of water.", { depth: metres(depth, 1) }),
      own("soil_class", index) === null ? corridor.t("The soil is not assessed.") : corridor.t("The soil is {soil}.", { soil: inWords("soil_class", index) }),
      slope === null ? null : corridor.t("The bed slopes by {slope}.", { slope: corridor.measure([slope, 1], "°") }),
    ];
    const level = (name) => (row < 0 || block.arrays[name][row] === 255 ? "" : block.meta.levels[name][block.arrays[name][row]]);
    step(list, corridor.t("Seabed"), [lines.filter(Boolean).join(" ")], own("provenance", index), row < 0 ? [] : [level("depth_source"), level("soil_source")]);
  }

  function classTable(row) {
    const { arrays, meta } = block;
    const [from, to] = [arrays.starts[row], arrays.starts[row + 1]];
    const most = Math.max(...Array.from(arrays.strikes.subarray(from, to), rate));
    const body = corridor.make("tbody");
    for (let at = from; at < to; at += 1) {
      const name = corridor.make("th", { text: meta.classes[arrays.dwt_class[at]] });
      name.scope = "row";
      const strikes = rate(arrays.strikes[at]);
      const passages = rate(arrays.passages[at]);
      const bar = corridor.make("i");
      bar.style.width = Math.round((most > 0 ? strikes / most : 0) * 100) + "%";
      body.append(corridor.make("tr", null, name,
        corridor.make("td", { text: passages === null ? corridor.t("not assessed") : corridor.significant(passages, 2) }),
        corridor.make("td", { text: corridor.significant(meta.anchor_kg[arrays.dwt_class[at]], 3) }),
        corridor.make("td", null, corridor.make("span", { text: corridor.significant(strikes, 2) }), corridor.make("span", { className: "share" }, bar))));
    }
    const heads = [corridor.t("Deadweight, t"), corridor.t("Passages per km and year"), corridor.t("Anchor up to, kg"), corridor.t("Strikes per km and year")];
    const head = corridor.make("tr", null, ...heads.map((text) => {
      const cell = corridor.make("th", { text });
      cell.scope = "col";
      return cell;
    }));
    return corridor.make("table", { className: "classes" }, corridor.make("thead", null, head), body);
  }

  function ships(list, index, row) {
    const told = layer("shipping");
    const anchors = own("anchor_strike_per_km_yr", index);
    if (anchors === null) {
      const here = told.assessed ? corridor.t("Ships are not assessed at this place.") : corridor.t("Ships are not assessed: there are no data of them, which does not mean that there are no ships.");
      step(list, corridor.t("Ships and anchors"), [here], null, []);
      return;
    }
    const lines = [];
    if (row >= 0) {
      const [from, to] = [block.arrays.starts[row], block.arrays.starts[row + 1]];
      if (to > from) {
        lines.push(block.meta.tracks ? corridor.t("Ships that pass, by deadweight class:") : corridor.t("Ships from density rasters, by deadweight class:"), classTable(row));
      } else {
        lines.push(corridor.t("No ship of the data passes here."));
      }
    }
    const limit = row < 0 ? null : rate(block.arrays.limit[row]);
    lines.push(limit === null ?
      corridor.t("On a cable that lies on the seabed anchors strike at a rate of {rate}.", { rate: perKm(anchors) }) :
      corridor.t("On a cable that lies on the seabed anchors strike at a rate of {rate}; tolerated is {limit}.", { rate: perKm(anchors), limit: perKm(limit) }));
    const routine = row < 0 ? null : rate(block.arrays.routine[row]);
    if (routine) lines.push(corridor.t("Ships that mean to anchor make up {rate} of it.", { rate: perKm(routine) }));
    step(list, corridor.t("Ships and anchors"), lines, told.provenance, told.sources);
  }

  function anchor(list, row) {
    const kg = plain(block.arrays.decisive_kg[row]);
    if (kg === null) return;
    const fluke = fixed(block.arrays.decisive_fluke[row], 100);
    const factor = fixed(block.arrays.factor[row], 1000);
    const lines = [];
    if (kg === 0) {
      lines.push(corridor.t("All anchors together strike no more often than is tolerated: they ask for no burial."));
    } else {
      lines.push(corridor.t("An anchor of {mass} decides. Together with all heavier ones it strikes more often than is tolerated; the heavier ones alone do not.", { mass: corridor.measure([kg, 0], "kg") }));
      if (factor !== null) {
        lines.push(corridor.t("Its flukes are {fluke} long and reach {depth} into this soil ({factor} of their length).", { fluke: metres(fluke), depth: metres(fluke * factor), factor: [factor, 2] }));
      }
    }
    step(list, corridor.t("The anchor that decides"), lines, layer("shipping").provenance, []);
  }

  function fishing(list, index, row) {
    const told = layer("fishing");
    const strikes = own("fishing_strike_per_km_yr", index);
    if (strikes === null) {
      step(list, corridor.t("Fishing"), [corridor.t("Fishing is not assessed: there are no data of it, which does not mean that nobody fishes.")], null, []);
      return;
    }
    const lines = [corridor.t("Gear would strike at a rate of {rate}.", { rate: perKm(strikes) })];
    const needed = row < 0 ? null : fixed(block.arrays.required_fishing[row], 100);
    const gear = row < 0 ? null : fixed(block.arrays.gear[row], 100);
    if (needed === 0) lines.push(corridor.t("It asks for no burial."));
    if (needed) {
      lines.push(gear === null ? corridor.t("It asks for {depth}.", { depth: metres(needed) }) :
        corridor.t("It reaches {gear} into the bed and asks for {depth}.", { gear: metres(gear), depth: metres(needed) }));
    }
    step(list, corridor.t("Fishing"), [lines.join(" ")], told.provenance, told.sources);
  }

  function sure(list, index) {
    const [p10, p50, p90] = ["p10", "p50", "p90"].map((name) => own("required_dol_" + name + "_m", index));
    const grades = { A: corridor.t("A, from a survey"), B: corridor.t("B, from regional data"), C: corridor.t("C, from coarse or synthetic data") };
    const grade = own("confidence", index);
    let needed;
    if (p90 === null) needed = corridor.t("No depth is required of what was assessed, or nothing was.");
    else if (p10 === p90) needed = corridor.t("However uncertain soil, anchors and traffic are: {depth} is what is required.", { depth: metres(p90) });
    else needed = corridor.t("Soil, anchors and traffic are uncertain: {p10} is enough in 10 of 100 cases, {p50} in half of them, {p90} in 90.", { p10: metres(p10), p50: metres(p50), p90: metres(p90) });
    const lines = [needed];
    if (grade !== null && Object.hasOwn(grades, grade)) lines.push(corridor.t("Confidence in the depth of water: {grade}.", { grade: grades[grade] }));
    const weakest = layer("burial").provenance;
    if (weakest === "synthetic") lines.push(corridor.t("All of it rests on synthetic data: it shows the method, not the risk of the real cable."));
    if (weakest === "modelled") lines.push(corridor.t("All of it rests on modelled data."));
    step(list, corridor.t("How sure"), lines, weakest, []);
  }

  function order(list, index, row) {
    const target = own("target_dol_m", index);
    const why = own("governing", index);
    const lines = [];
    if (target === null) {
      lines.push(corridor.t("No depth is decided: no threat is assessed here, or there is no water."));
    } else if (why === "none" || target === 0) {
      lines.push(corridor.t("No burial is ordered: the cable may lie on the seabed."));
    } else if (why === "minimum") {
      lines.push(corridor.t("{target}: the least depth that is ordered in this depth of water. What threatens the cable asks for less.", { target: metres(target, 1) }));
    } else {
      lines.push(corridor.t("{target}, governed by {what}.", { target: metres(target, 1), what: inWords("governing", index) }));
      const needed = row < 0 ? null : own("required_dol_p" + block.meta.percentile + "_m", index);
      if (needed !== null) {
        lines.push(corridor.t("P{percentile} asks for {needed}; {tolerance} for what the work may miss and {mobility} for a bed that moves are added, and the next depth of the ladder is taken.",
          { percentile: block.meta.percentile, needed: metres(needed), tolerance: metres(block.meta.tolerance_m), mobility: metres(fixed(block.arrays.mobility[row], 100) || 0) }));
      }
    }
    const beyond = own("above_ladder_m", index);
    if (beyond) lines.push(corridor.t("That is {depth} less than is needed: the ladder ends there.", { depth: metres(beyond) }));
    step(list, corridor.t("What is ordered"), lines, layer("burial").provenance, []);
  }

  function built(list, index) {
    const reach = own("achievable_dol_m", index);
    if (reach === null) return;
    const short = own("deficit_m", index);
    const tool = own("tool", index);
    const lines = [tool ? corridor.t("In this soil {tool} reaches {depth}.", { tool: inWords("tool", index), depth: metres(reach, 1) }) : corridor.t("Tools reach {depth} in this soil.", { depth: metres(reach, 1) })];
    if (short) lines.push(corridor.t("That is {depth} short of the target; the remedy: {remedy}.", { depth: metres(short, 1), remedy: inWords("protection", index) }));
    const left = own("residual_strike_per_km_yr", index);
    const target = own("target_dol_m", index);
    if (left !== null && target !== null) {
      lines.push(corridor.t("At {depth}, strikes remain at a rate of {rate}.", { depth: metres(Math.min(target, reach), 1), rate: perKm(left) }));
    }
    step(list, corridor.t("What can be built, and what remains"), lines, layer("soil").provenance, []);
  }

  function ground(list, index) {
    const told = layer("seismic");
    const shaking = own("pga_475yr_g", index);
    if (shaking === null) {
      step(list, corridor.t("Earthquakes"), [corridor.t("Shaking is not assessed.")], null, []);
      return;
    }
    const safety = own("slope_fs", index);
    const lines = [corridor.t("Shaking of {shaking} on rock once in 475 years.", { shaking: corridor.measure([shaking, 2], "g") })];
    if (safety !== null) lines.push(corridor.t("Slopes have a factor of safety of {factor} in it.", { factor: [safety, 1] }));
    if (own("geohazard_note", index)) lines.push(corridor.t("Ground movement: {note}.", { note: inWords("geohazard_note", index) }));
    lines.push(corridor.t("Earthquakes never deepen burial; they move route, cable type and slack."));
    step(list, corridor.t("Earthquakes"), [lines.join(" ")], told.provenance, told.sources);
  }

  function fill(list, index) {
    const row = block ? rowOf(index) : -1;
    list.replaceChildren();
    seabed(list, index, row);
    ships(list, index, row);
    if (row >= 0) anchor(list, row);
    fishing(list, index, row);
    sure(list, index);
    order(list, index, row);
    built(list, index);
    ground(list, index);
    if (trouble) list.append(corridor.make("li", { className: "note", text: trouble.message }));
    list.dataset.ready = block || trouble ? "yes" : "no";
  }

  const host = document.getElementById("why");
  const body = document.getElementById("why-chain");
  let chosen = null;

  function say() {
    const current = corridor.nearest(chosen);
    const kp = corridor.stations.columns.kp_km[current];
    const target = own("target_dol_m", current);
    const title = target === null ? corridor.t("Why no depth at KP {kp}?", { kp: [kp, 1] }) : target === 0 ? corridor.t("Why no burial at KP {kp}?", { kp: [kp, 1] }) :
      corridor.t("Why {target} at KP {kp}?", { target: metres(target, 1), kp: [kp, 1] });
    const list = corridor.make("ol", { className: "chain" });
    const parts = [corridor.make("h3", { text: title })];
    if (corridor.decision.changed) {
      const other = corridor.column("target_dol_m")[current];
      parts.push(corridor.make("p", { className: "changed", text: other === null ? corridor.t("The chain is that of the build. The what-if decides no depth here.") :
        corridor.t("The chain is that of the build. The what-if orders {target} here.", { target: metres(other, 1) }) }));
    }
    fill(list, current);
    body.replaceChildren(...parts, list);
  }

  function show(index) {
    chosen = corridor.stations.columns.kp_km[index];
    host.hidden = false;
    host.open = true;
    say();
    if (!block && !trouble) open().then(say);
    host.parentElement.scrollTop = 0;
  }

  // To the chain itself: on a phone it lies below the profile.
  function read() {
    host.scrollIntoView({ block: "nearest", behavior: corridor.still ? "auto" : "smooth" });
    host.querySelector("summary").focus({ preventScroll: true });
  }

  for (const event of ["language", "decision", "stations"]) corridor.on(event, () => { if (chosen !== null) say(); });
  return { show, read };
})();
