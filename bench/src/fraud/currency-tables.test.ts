import { readFileSync } from 'node:fs'
import { currencies, minorUnitDigits } from '@swipestream/contracts/money'
import { describe, expect, it } from 'vitest'

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
const java = read('bench/kafka-streams/src/io/swipestream/streams/Currency.java')
const entries = (text: string, pattern: RegExp): Record<string, number> =>
  Object.fromEntries([...text.matchAll(pattern)].map(([, currency = '', value = '']) => [currency, Number(value.replaceAll('_', ''))]))

/** A table of the Java program. */
function tableOf(name: string): Record<string, number> {
  const [, text = ''] = new RegExp(`${name} = table\\(([^;]*);`).exec(java) ?? []
  return entries(text, /([A-Z]{3})=([\d.]+)/g)
}

describe("the peer's tables of currencies are fraud-service's", () => {
  it('limits', () => {
    const rule = JSON.parse(read('deploy/rules/large_amount.json')) as { readonly tables: readonly { readonly values: object; readonly default: number }[] }
    expect(tableOf('LIMITS')).toEqual(rule.tables[0]?.values)
    expect(java).toContain(`DEFAULT_LIMIT = ${rule.tables[0]?.default};`)
  })

  it('rates', () => {
    const source = read('apps/fraud-service/src/domain/features/reference-amount.ts')
    const [, table = ''] = /UNITS_PER_EURO[^{]*\{([^}]*)\}/.exec(source) ?? []
    expect(tableOf('UNITS_PER_EURO')).toEqual(entries(table, /([A-Z]{3}): ([\d._]+)/g))
    expect(Object.keys(tableOf('UNITS_PER_EURO')).length).toBeGreaterThan(70)
  })

  it('decimals', () => {
    expect(tableOf('DIGITS')).toEqual(Object.fromEntries(currencies.map((currency) => [currency, minorUnitDigits(currency)] as const).filter(([, digits]) => digits !== 2)))
  })
})
