/**
 * UTF-8 checked as it arrives (RFC 3629 §4). `TextDecoder` in fatal mode would tell that a text is bad, not where;
 * a learner wants the byte, and RFC6455-8.1 lets us fail before the message is complete.
 */
export class Utf8Validator {
  /** Continuation octets still owed by the current character. */
  #owed = 0;
  /** Range of the next continuation octet: narrower right after E0, ED, F0, F4 (no overlong forms, surrogates, > U+10FFFF). */
  #low = 0x80;
  #high = 0xbf;

  /** Nothing is owed: the text may end here. */
  get complete(): boolean {
    return this.#owed === 0;
  }

  /** Take `bytes[start, end)`. Returns the index of the first octet that cannot be, or -1. */
  push(bytes: Uint8Array, start = 0, end = bytes.length): number {
    for (let i = start; i < end; i++) {
      const octet = bytes[i]!;
      if (this.#owed > 0) {
        if (octet < this.#low || octet > this.#high) return i;
        this.#owed--;
        this.#low = 0x80;
        this.#high = 0xbf;
      } else if (octet >= 0x80 && !this.#lead(octet)) {
        return i;
      }
    }
    return -1;
  }

  #lead(octet: number): boolean {
    if (octet < 0xc2 || octet > 0xf4) return false; // 80-BF: continuation without lead; C0, C1: overlong; F5-FF: beyond Unicode
    this.#owed = octet < 0xe0 ? 1 : octet < 0xf0 ? 2 : 3;
    if (octet === 0xe0) this.#low = 0xa0;
    else if (octet === 0xed) this.#high = 0x9f;
    else if (octet === 0xf0) this.#low = 0x90;
    else if (octet === 0xf4) this.#high = 0x8f;
    return true;
  }
}
