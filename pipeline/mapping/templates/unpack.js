// Arrays that packed.py put into the page.
//   corridor.unpack(id)  promise of {meta, arrays}: typed arrays by name; rejected with words where the browser is too
//                        old, or the page lacks the block. Each block is unpacked once.
"use strict";
corridor.unpack = (function () {
  const KINDS = {
    uint8: Uint8Array, int16: Int16Array, uint16: Uint16Array, int32: Int32Array, uint32: Uint32Array,
    float32: Float32Array, float64: Float64Array,
  };
  const up = (place) => Math.ceil(place / 8) * 8;
  const found = new Map();

  function array(bytes, start, kind, count) {
    const values = new KINDS[kind](count);
    const size = values.BYTES_PER_ELEMENT;
    const whole = new Uint8Array(values.buffer);
    for (let plane = 0; plane < size; plane += 1) {
      let from = start + plane * count;
      for (let to = plane; to < whole.length; to += size) { whole[to] = bytes[from]; from += 1; }
    }
    return [values, up(start + count * size)];
  }

  async function unpack(id) {
    const block = document.getElementById(id);
    if (!block) throw new Error(corridor.t("This page does not hold these data."));
    if (!window.DecompressionStream) throw new Error(corridor.t("This browser is too old to unpack these data."));
    const text = atob(block.textContent.trim());
    const packed = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i += 1) packed[i] = text.charCodeAt(i);
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    const size = new DataView(bytes.buffer).getUint32(0, true);
    const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + size)));
    const arrays = {};
    let start = up(4 + size);
    for (const [name, kind, count] of head.arrays) [arrays[name], start] = array(bytes, start, kind, count);
    return { meta: head.meta, arrays };
  }

  return function (id) {
    if (!found.has(id)) found.set(id, unpack(id));
    return found.get(id);
  };
})();
