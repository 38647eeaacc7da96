/** A person does not type eight digits this fast; a scanner that types like a keyboard is at most half as slow. */
const slowestGapMs = 60;

/** Tells a scanner from a person by the speed of its keys. */
export class Scanner {
  #digits = '';
  #isSlow = false;
  #lastAt = 0;

  /** @returns the barcode, when this key ended one */
  key(key: string, at: number): string | undefined {
    const isFast = at - this.#lastAt <= slowestGapMs;
    this.#lastAt = at;
    if (/^\d$/.test(key)) {
      // One slow gap and it is a person: to begin again in the middle would read half a barcode.
      this.#isSlow ||= this.#digits !== '' && !isFast;
      this.#digits += key;
      return undefined;
    }
    const [digits, isScan] = [this.#digits, key === 'Enter' && isFast && !this.#isSlow];
    this.#digits = '';
    this.#isSlow = false;
    return isScan && isBarcode(digits) ? digits : undefined;
  }
}

/** EAN-8, UPC-A, EAN-13 or GTIN-14 with its check digit (GS1 General Specifications §7.9). */
export function isBarcode(text: string): boolean {
  if (!/^(\d{8}|\d{12,14})$/.test(text)) return false;
  const sum = [...text].reverse().reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}
