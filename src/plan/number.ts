import { ExactNumber } from './value.ts';

/** A number where a double says exactly what the text says and integers are within 2^53; otherwise the text. */
export function exactly(text: string): number | ExactNumber {
  const n = Number(text);
  if (!Number.isFinite(n) || text.length > 400) return new ExactNumber(text);
  if (Number.isInteger(n) && !Number.isSafeInteger(n)) return new ExactNumber(text);
  if (n === 0 && !/[1-9]/.test(text.replace(/[eE].*$/, ''))) return 0;
  return decimal(text) === decimal(String(n)) ? n : new ExactNumber(text);
}

/** Significant digits and exponent of a decimal number, the same for every spelling of one value. */
function decimal(text: string): string {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const negative = mantissa.startsWith('-');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  let significant = digits.length;
  while (significant > 0 && digits[significant - 1] === '0') significant -= 1;
  const scale = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant);
  return `${negative ? '-' : ''}${digits.slice(0, significant)}e${scale}`;
}
