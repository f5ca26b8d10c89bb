import { Environment } from '@marcbachmann/cel-js'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { catalogueOf, type FeatureValue } from './feature.js'
import { languageOf } from './language.js'
import { isThere } from './missing.js'

const catalogue = catalogueOf([
  { name: 'tx.a', property: 'a', type: 'number', unit: null, meaning: 'A number.' },
  { name: 'tx.b', property: 'b', type: 'number', unit: null, meaning: 'A number that may be absent.', absent: { note: 'no_b' } },
  { name: 'tx.s', property: 's', type: 'string', unit: null, meaning: 'A text.' },
  { name: 'tx.t', property: 't', type: 'string', unit: null, meaning: 'A text that may be absent.', absent: { note: 'no_t' } },
  { name: 'tx.y', property: 'y', type: 'bool', unit: null, meaning: 'Yes or no.' },
])
const language = languageOf(catalogue)

const cel = new Environment()
  .registerType('Tx', { fields: { a: 'double', b: 'double', s: 'string', t: 'string', y: 'bool' } })
  .registerVariable('tx', 'Tx')

const word = fc.constantFrom('"DE"', '"FR"', '"D"', '""')
const decimal = fc.constantFrom('0.5', '1.0', '3.0', '100.0')

const { bool } = fc.letrec<{ number: string; text: string; bool: string }>((tie) => ({
  number: fc.oneof({ depthSize: 'small' },
    fc.constantFrom('tx.a', 'tx.b'), decimal,
    fc.tuple(tie('number'), fc.constantFrom('+', '-', '*', '/'), tie('number')).filter(([, op, right]) => !(op === '/' && right === '0.0')).map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie('number').map((a) => `(-${a})`),
    fc.tuple(tie('bool'), tie('number'), tie('number')).map(([c, a, b]) => `(${c} ? ${a} : ${b})`)),
  text: fc.oneof({ depthSize: 'small' }, fc.constantFrom('tx.s', 'tx.t'), word),
  bool: fc.oneof({ depthSize: 'small' },
    fc.constantFrom('tx.y', 'has(tx.b)', 'has(tx.t)', 'true', 'false'),
    fc.tuple(tie('number'), fc.constantFrom('<', '<=', '>', '>=', '==', '!='), tie('number')).map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc.tuple(tie('number'), fc.constantFrom('<', '<=', '>', '>='), fc.integer({ min: 0, max: 5 })).map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc.tuple(tie('text'), fc.constantFrom('<', '<=', '>', '>=', '==', '!='), tie('text')).map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc.tuple(tie('text'), fc.constantFrom('startsWith', 'endsWith', 'contains'), tie('text')).map(([a, method, b]) => `${a}.${method}(${b})`),
    fc.tuple(tie('text'), fc.array(word, { minLength: 1, maxLength: 4 })).map(([a, list]) => `(${a} in [${list.join(', ')}])`),
    fc.tuple(tie('number'), fc.array(decimal, { minLength: 1, maxLength: 4 })).map(([a, list]) => `(${a} in [${list.join(', ')}])`),
    fc.tuple(tie('bool'), fc.constantFrom('&&', '||'), tie('bool')).map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc.tuple(tie('bool'), tie('bool'), tie('bool')).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
    tie('bool').map((a) => `!${a}`)),
}))

const values = fc.record({
  a: fc.constantFrom(0.5, 1, 3, -2, 100),
  b: fc.constantFrom(0.5, 1, 3, -2, undefined),
  s: fc.constantFrom('DE', 'FR', ''),
  t: fc.constantFrom('DE', 'D', undefined),
  y: fc.boolean(),
})

/** What the library makes of it: a value, or undefined for an error, as which it takes an absent field. */
function byLibrary(text: string, tx: Readonly<Record<string, FeatureValue>>): unknown {
  try {
    return cel.evaluate(text, { tx }) as unknown
  } catch {
    return undefined
  }
}

it('an expression is what the CEL library makes of it, unless a number on the way is not finite', () => {
  let compared = 0
  fc.assert(fc.property(bool, values, (text, tx) => {
    const compiled = language.compile(text, 'expression')
    if ('problems' in compiled) {
      // only what is refused on purpose: too costly, or the same for every transaction
      for (const { code } of compiled.problems) expect(['FRAUD_RULE_TOO_COSTLY', 'FRAUD_RULE_UNSUPPORTED']).toContain(code)
      return
    }
    const ours = compiled.run(tx)
    // a division by zero can still arise, from a difference: ours fails where the library goes on with infinity
    if (typeof ours === 'object') return
    compared++
    expect(isThere(ours) ? ours : undefined).toBe(byLibrary(text, tx))
  }), { numRuns: 1_000 })
  expect(compared).toBeGreaterThan(400)
})
