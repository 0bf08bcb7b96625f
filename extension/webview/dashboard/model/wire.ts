/** The numbers of a column on the wire: base64 of little-endian float64, which is what browsers hold too. */
export function numbersOf(column: string): Float64Array {
  const text = atob(column);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    bytes[i] = text.charCodeAt(i);
  }
  return new Float64Array(bytes.buffer);
}
