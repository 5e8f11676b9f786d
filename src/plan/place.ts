/** 1-based line and column of a byte; columns count characters. */
export function placeOf(bytes: Uint8Array, at: number): { line: number; column: number } {
  let line = 1;
  let column = 1;
  const stop = Math.min(at, bytes.length);
  for (let i = 0; i < stop; i += 1) {
    const c = bytes[i] as number;
    if (c === 0x0a) {
      line += 1;
      column = 1;
    } else if ((c & 0xc0) !== 0x80) column += 1;
  }
  return { line, column };
}
