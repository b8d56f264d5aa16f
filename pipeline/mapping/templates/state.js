// What the parts of the page tell each other; no part reaches into another.
//   station   {index, how}              a station was chosen; how: hover key go open map typed address
//   range     {from_km, to_km, how}     the part of the route in view; how: map profile typed address reset
//   decision  corridor.decision         depths, zones and totals, as the pipeline or a what-if decides them
//   language  code                      text must be written anew
//   theme     "light" or "dark"         colours must be drawn anew
"use strict";
corridor.listeners = new Map();
corridor.on = function (event, listener) {
  corridor.listeners.set(event, [...(corridor.listeners.get(event) || []), listener]);
};
corridor.tell = function (event, detail) {
  for (const listener of corridor.listeners.get(event) || []) listener(detail);
};
