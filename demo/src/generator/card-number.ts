/**
 * Issuer numbers (the first 6 digits) that payment processors publish for testing: no bank issues cards under them.
 * Each source of demo data has its own, so that no two ever make the same card.
 */
export const TEST_BINS = { generator: '400000', csv: '411111', story: '555555' } as const

/** How many accounts there are under one BIN in a number of 16 digits: 6 of BIN, 9 of account, the check digit. */
export const ACCOUNTS_PER_BIN = 1_000_000_000

/**
 * The card number of an account: 16 digits with a Luhn check digit (ISO/IEC 7812-1 annex B). Different accounts have
 * different numbers.
 *
 * @param account whole number from 0, below `ACCOUNTS_PER_BIN`
 */
export function cardNumber(bin: string, account: number): string {
  if (!Number.isInteger(account) || account < 0 || account >= ACCOUNTS_PER_BIN) {
    throw new RangeError(`account ${account} is not a whole number from 0 to ${ACCOUNTS_PER_BIN - 1}`)
  }
  const payload = bin + String(account).padStart(9, '0')
  return payload + String((10 - (luhnSum(payload, 1) % 10)) % 10)
}

/** Whether the last digit of a card number fits the others (ISO/IEC 7812-1 annex B). */
export function isLuhnValid(digits: string): boolean {
  return /^\d+$/.test(digits) && luhnSum(digits, 0) % 10 === 0
}

/** Sum of the digits, every second one from the right doubled and cast into one digit. */
function luhnSum(digits: string, doubledFrom: 0 | 1): number {
  let sum = 0
  for (let fromRight = 0; fromRight < digits.length; fromRight++) {
    const digit = digits.charCodeAt(digits.length - 1 - fromRight) - 48
    const value = (fromRight + doubledFrom) % 2 === 1 ? digit * 2 : digit
    sum += value > 9 ? value - 9 : value
  }
  return sum
}
