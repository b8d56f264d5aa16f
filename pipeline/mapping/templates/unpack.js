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

  // The bytes of one place lie together; typed arrays come round at the end of their type, as the differences do.
  function array(bytes, start, kind, shape, base) {
    const count = shape.reduce((product, length) => product * length, 1);
    const values = new KINDS[kind](count);
    const size = values.BYTES_PER_ELEMENT;
    const whole = new Uint8Array(values.buffer);
    for (let plane = 0; plane < size; plane += 1) {
      let from = start + plane * count;
      for (let to = plane; to < whole.length; to += size) { whole[to] = bytes[from]; from += 1; }
    }
    if (count && !kind.startsWith("float")) {
      const last = shape.length ? shape[shape.length - 1] : 1;
      for (let row = 0; row < count; row += last) {
        for (let at = row + 1; at < row + last; at += 1) values[at] += values[at - 1];
      }
      addBases(values, count / (shape[0] || 1), base);
    }
    return [values, up(start + count * size)];
  }

  function addBases(values, length, base) {
    const done = new Set();
    const add = (row) => {
      if (done.has(row)) return;
      done.add(row);
      if (base[row] < 0) return;
      add(base[row]);
      const other = base[row] * length;
      for (let at = 0; at < length; at += 1) values[row * length + at] += values[other + at];
    };
    base.forEach((_, row) => add(row));
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
    for (const [name, kind, shape, base] of head.arrays) [arrays[name], start] = array(bytes, start, kind, shape, base);
    return { meta: head.meta, arrays };
  }

  return function (id) {
    if (!found.has(id)) found.set(id, unpack(id));
    return found.get(id);
  };
})();
