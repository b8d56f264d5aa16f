// A long corridor: the page opens with some of its stations; a range that is looked at closely gets all of its own.
"use strict";
(function () {
  if (!document.getElementById("detail-data")) return;
  const columns = corridor.stations.columns;
  const coarse = {};
  for (const [name, values] of Object.entries(columns)) coarse[name] = values.slice();
  const names = Object.keys(coarse);
  const most = coarse.kp_km.length;
  let fine = null;
  let shown = null;
  let wanted = 0;

  // Codes as mapping/detail.py packs them: 0 blank, 1 zero among logarithms, then from the column's least value on.
  function value(name, index) {
    const [decimals, least] = fine.columns[name];
    const code = fine.codes[name][index];
    if (code === 0) return null;
    if (decimals >= 0) return (code - fine.first + least) / 10 ** decimals;
    return code < fine.first ? 0 : Math.exp((code - fine.first + least) * fine.step);
  }

  async function open() {
    const { meta, arrays } = await corridor.unpack("detail-data");
    fine = { count: arrays.kp_km.length, columns: meta.columns, step: meta.log_step, first: meta.first, codes: arrays };
  }

  function first(post) {
    let [low, high] = [0, fine.count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value("kp_km", middle) < post) low = middle + 1; else high = middle;
    }
    return low;
  }

  // Of each block the station that needs most, as in mapping/inputs.py: no peak is lost.
  function chosen(start, end) {
    const block = Math.max(1, Math.ceil((end - start) / most));
    const need = fine.codes.required_dol_p90_m || fine.codes.target_dol_m;
    const found = [];
    for (let at = start; at < end; at += block) {
      let best = at;
      for (let i = at + 1; i < Math.min(end, at + block); i += 1) if (need[i] > need[best]) best = i;
      found.push(best);
    }
    return { found, block };
  }

  function put(inside, from, to) {
    const posts = coarse.kp_km;
    const before = posts.findIndex((post) => post >= from);
    const after = posts.findIndex((post) => post > to);
    for (const name of names) {
      const all = inside.map((index) => value(name, index));
      const rest = coarse[name];
      columns[name].length = 0;
      for (const piece of [before < 0 ? rest : rest.slice(0, before), all, after < 0 ? [] : rest.slice(after)]) {
        for (const item of piece) columns[name].push(item);
      }
    }
  }

  async function look({ from_km, to_km }) {
    const turn = wanted += 1;
    const width = to_km - from_km;
    if (width > corridor.length_km * 0.7) {
      if (shown === null) return;
      shown = null;
      for (const name of names) { columns[name].length = 0; for (const item of coarse[name]) columns[name].push(item); }
      corridor.tell("stations", { from_km: 0, to_km: corridor.length_km });
      return;
    }
    if (fine === null) await open();
    if (turn !== wanted) return;
    const from = Math.max(0, from_km - width / 2);
    const to = Math.min(corridor.length_km, to_km + width / 2);
    const { found, block } = chosen(first(from), first(to + 1e-9));
    const enough = shown && shown.from <= from_km && shown.to >= to_km && shown.block <= block * 1.5;
    if (found.length === 0 || enough) return;
    shown = { from, to, block };
    put(found, from, to);
    corridor.tell("stations", { from_km: from, to_km: to });
  }

  // What is drawn, in words under the profile.
  const note = document.querySelector(".profile").appendChild(corridor.make("p", { className: "note", text: "" }));
  note.id = "stations-drawn";
  let broken = "";
  function say() {
    const drawn = columns.kp_km.length;
    note.textContent = broken ? corridor.t("This browser cannot unpack all stations, so some are missing in a close view: {reason}", { reason: broken })
      : corridor.t("{drawn} of {all} stations are drawn, those that need most; a closer view draws all of its own.", { drawn, all: corridor.station_count });
  }
  corridor.on("range", (range) => look(range).catch((error) => { broken = error.message; say(); }));
  corridor.on("stations", say);
  corridor.on("language", say);
  say();
})();
