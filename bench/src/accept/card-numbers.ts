/** Card numbers with a right check digit. */
export function cardNumbers(count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const digits = `400000${String(i).padStart(9, '0')}`
    const sum = [...digits].reverse().reduce((total, digit, at) => {
      const weighted = at % 2 === 0 ? Number(digit) * 2 : Number(digit)
      return total + (weighted > 9 ? weighted - 9 : weighted)
    }, 0)
    return digits + String((10 - (sum % 10)) % 10)
  })
}
