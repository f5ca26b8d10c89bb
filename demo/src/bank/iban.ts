/**
 * An IBAN with correct check digits (ISO 13616, ISO/IEC 7064 MOD 97-10) of a bank code that no bank has: zeros.
 *
 * @param country ISO 3166-1 alpha-2
 * @param account whole number from 0
 */
export function iban(country: string, account: number): string {
  const bban = String(account).padStart(18, '0')
  const digits = `${bban}${country}00`.replaceAll(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55))
  return `${country}${String(98n - (BigInt(digits) % 97n)).padStart(2, '0')}${bban}`
}
