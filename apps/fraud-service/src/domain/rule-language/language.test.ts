import { describe, expect, it } from 'vitest'
import { ruleFeatures } from '../features/catalogue.js'
import { exampleValues } from '../features/example-values.js'
import type { RuleProblem } from './errors.js'
import type { FeatureValue } from './feature.js'
import { languageOf } from './language.js'
import { Failure } from './missing.js'

const language = languageOf(ruleFeatures)

function problemsOf(text: string): readonly RuleProblem[] {
  const compiled = language.compile(text, 'expression')
  return 'problems' in compiled ? compiled.problems : []
}

function evaluate(text: string, changes: Readonly<Record<string, FeatureValue>> = {}): unknown {
  const compiled = language.compile(text, 'expression')
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems))
  const result = compiled.run(exampleValues(changes))
  return result instanceof Failure ? `failure: ${result.message}` : (result ?? 'absent')
}

describe('an expression', () => {
  it.each([
    // everyday values: amount 23.5 EUR, mean 31.2, category 5812
    ['tx.amount > 20.0', true],
    ['tx.amount > 20', true],
    ['tx.amount >= 23.5 && tx.amount <= 23.5', true],
    ['tx.amount < 23.5 || tx.amount > 23.5', false],
    ['tx.amount == 23.5', true],
    ['tx.amount != 23.5', false],
    ['tx.amount > 0.5 * card.mean_30d', true],
    ['tx.amount > 3.0 * card.mean_30d', false],
    ['(tx.amount - card.mean_30d) / card.deviation_30d > 2.0', false],
    ['tx.amount + 1.0 > 24.0', true],
    ['-tx.amount < -20.0', true],
    ['-tx.amount < -20', true],
    ['tx.merchant_category in ["7995", "5812"]', true],
    ['!(tx.merchant_category in ["7995", "5812"])', false],
    ['tx.amount in [1.0, 23.5]', true],
    ['tx.amount in [-1.0, -23.5]', false],
    ['tx.country == tx.currency', false],
    ['tx.country != "DE"', false],
    ['tx.night ? tx.amount > 1.0 : tx.amount > 100.0', false],
    ['tx.amount > (tx.night ? 10.0 : 20.0)', true],
    ['tx.amount > (tx.night ? 10 : 20)', true],
    ['tx.merchant_category.startsWith("58")', true],
    ['tx.merchant_category.endsWith("58")', false],
    ['tx.entry_mode.contains("contact")', true],
    ['tx.night == false', true],
    ['!tx.night', true],
    ['has(tx.country)', true],
    ['tx["amount"] > 1.0 || true', undefined],
  ])('%s is %s', (text, expected) => {
    if (expected === undefined) expect(problemsOf(text)).not.toEqual([])
    else expect(evaluate(text)).toBe(expected)
  })

  it('names what it looks at, each once, in its order', () => {
    const compiled = language.compile('tx.amount > 3.0 && has(tx.country) && tx.amount > card.mean_30d', 'expression')
    expect('measures' in compiled && compiled.measures.map(({ name }) => name)).toEqual(['tx.amount', 'tx.country', 'card.mean_30d'])
  })
})

describe('an absent feature', () => {
  const noPlace = { 'tx.latitude': undefined, 'tx.speed_kmh': undefined }

  it.each([
    ['tx.speed_kmh > 1000.0', 'absent'],
    ['tx.speed_kmh <= 1000.0', 'absent'],
    ['!(tx.speed_kmh > 1000.0)', 'absent'],
    ['tx.speed_kmh == 0.0', 'absent'],
    ['tx.speed_kmh != 0.0', 'absent'],
    ['tx.speed_kmh in [0.0]', 'absent'],
    ['-tx.speed_kmh < 0.0', 'absent'],
    ['tx.speed_kmh * 0.0 == 0.0', 'absent'],
    ['tx.speed_kmh / tx.speed_kmh > 0.0', 'absent'],
    ['1.0 / tx.speed_kmh > 0.0', 'absent'],
    ['tx.speed_kmh > 1000.0 ? true : true', 'absent'],
    // what decides without it, decides
    ['tx.speed_kmh > 1000.0 || tx.amount > 20.0', true],
    ['tx.amount > 20.0 || tx.speed_kmh > 1000.0', true],
    ['tx.speed_kmh > 1000.0 || tx.amount > 30.0', 'absent'],
    ['tx.amount > 30.0 || tx.speed_kmh > 1000.0', 'absent'],
    ['tx.speed_kmh > 1000.0 && tx.amount > 30.0', false],
    ['tx.amount > 30.0 && tx.speed_kmh > 1000.0', false],
    ['tx.speed_kmh > 1000.0 && tx.amount > 20.0', 'absent'],
    ['tx.amount > 20.0 && tx.speed_kmh > 1000.0', 'absent'],
    ['tx.amount > 20.0 ? true : tx.speed_kmh > 1000.0', true],
    // asked for
    ['has(tx.speed_kmh)', false],
    ['!has(tx.speed_kmh)', true],
    ['has(tx.speed_kmh) && tx.speed_kmh > 1000.0', false],
    ['!has(tx.speed_kmh) || tx.speed_kmh > 1000.0', true],
    ['has(tx.speed_kmh) ? tx.speed_kmh > 1000.0 : tx.amount > 20.0', true],
  ])('%s is %s', (text, expected) => {
    expect(evaluate(text, noPlace)).toBe(expected)
  })

  it('may be null as well, as records have it', () => {
    expect(evaluate('tx.country == "DE"', { 'tx.country': null })).toBe('absent')
    expect(evaluate('has(tx.country)', { 'tx.country': null })).toBe(false)
  })

  it('is absent also of texts and bools', () => {
    expect(evaluate('tx.country.startsWith("D")', { 'tx.country': undefined })).toBe('absent')
    expect(evaluate('!tx.first_country', { 'tx.first_country': undefined })).toBe('absent')
  })
})

describe('what goes wrong at run time is a failure, neither true nor false', () => {
  const zero = { 'card.mean_30d': 0, 'card.deviation_30d': 0 }

  it.each([
    ['tx.amount / card.mean_30d > 3.0', zero, 'failure: division by zero at 1:13'],
    ['!(tx.amount / card.mean_30d > 3.0)', zero, 'failure: division by zero at 1:15'],
    ['card.mean_30d / card.deviation_30d > 3.0', zero, 'failure: division by zero at 1:17'],
    ['tx.amount / card.mean_30d > 3.0', { 'card.mean_30d': -0 }, 'failure: division by zero at 1:13'],
    ['tx.amount * 1e300 > 3.0', { 'tx.amount': 1e300 }, 'failure: too large for a number at 1:1'],
    ['tx.amount + tx.amount > 3.0', { 'tx.amount': Number.MAX_VALUE }, 'failure: too large for a number at 1:1'],
    ['-tx.amount - tx.amount < 3.0', { 'tx.amount': Number.MAX_VALUE }, 'failure: too large for a number at 1:1'],
    ['tx.amount / 1e-300 > 3.0', { 'tx.amount': 1e300 }, 'failure: too large for a number at 1:1'],
    ['tx.amount > 3.0', { 'tx.amount': Number.NaN }, 'failure: tx.amount is not a finite number'],
    ['tx.amount < 3.0', { 'tx.amount': Number.POSITIVE_INFINITY }, 'failure: tx.amount is not a finite number'],
    ['tx.amount > 3.0', { 'tx.amount': '23.5' }, 'failure: tx.amount is not a finite number'],
    ['tx.currency == "EUR"', { 'tx.currency': 978 }, 'failure: tx.currency is not a string'],
    ['card.blocked', { 'card.blocked': 'no' }, 'failure: card.blocked is not a bool'],
    ['tx.amount > 3.0', { 'tx.amount': undefined }, 'failure: tx.amount is missing'],
    ['card.blocked', { 'card.blocked': null }, 'failure: card.blocked is missing'],
    // a failure outweighs an absence, and does not hide behind has()
    ['tx.speed_kmh > tx.amount / card.mean_30d', { ...zero, 'tx.speed_kmh': undefined }, 'failure: division by zero at 1:28'],
    ['has(tx.speed_kmh) && tx.speed_kmh > 1.0', { 'tx.speed_kmh': 'fast' }, 'failure: tx.speed_kmh is not a finite number'],
    // what decides without it, decides, as CEL has it
    ['tx.amount / card.mean_30d > 3.0 || tx.amount > 20.0', zero, true],
    ['tx.amount / card.mean_30d > 3.0 && tx.amount > 30.0', zero, false],
    ['tx.amount / card.mean_30d > 3.0 && tx.amount > 20.0', zero, 'failure: division by zero at 1:13'],
    ['card.mean_30d > 0.0 && tx.amount / card.mean_30d > 3.0', zero, false],
  ])('%s over %j: %s', (text, changes, expected) => {
    expect(evaluate(text, changes)).toBe(expected)
  })
})

describe('refused', () => {
  it.each([
    // a name that is not in the catalogue
    ['tx.amuont > 3.0', 'UNKNOWN_FEATURE', '1:1', 'did you mean tx.amount?'],
    ['tx.amount > 3.0 &&\n  tx.speed_kmph > 1000.0', 'UNKNOWN_FEATURE', '2:3', 'did you mean tx.speed_kmh?'],
    ['amount > 3.0', 'UNKNOWN_FEATURE', '1:1', 'did you mean tx.amount?'],
    ['has(tx.contry)', 'UNKNOWN_FEATURE', '1:5', 'did you mean tx.country?'],
    ['tx.amount > zzzzzzzz', 'UNKNOWN_FEATURE', '1:13', undefined],
    ['tx.amount.cents > 3.0', 'UNKNOWN_FEATURE', '1:1', undefined],
    ['constructor.name == "x"', 'UNKNOWN_FEATURE', '1:1', undefined],
    ['tx.constructor == "x"', 'UNKNOWN_FEATURE', '1:1', undefined],
    // types
    ['tx.amount > "3"', 'WRONG_TYPE', '1:1', undefined],
    ['tx.currency > 3.0', 'WRONG_TYPE', '1:1', undefined],
    ['tx.night && tx.amount * 3 > 1.0', 'WRONG_TYPE', '1:13', 'write 3.0 for 3'],
    ['tx.amount == 3', 'WRONG_TYPE', '1:1', 'write 3.0 for 3'],
    ['tx.amount != -3', 'WRONG_TYPE', '1:1', 'write -3.0 for -3'],
    ['tx.amount in [1, 2]', 'WRONG_TYPE', '1:1', 'write 1.0 for 1'],
    ['tx.currency in ["EUR", 3.0]', 'WRONG_TYPE', '1:24', undefined],
    ['tx.amount > 7 / 2', 'WRONG_TYPE', '1:13', 'write 7.0 for 7'],
    ['tx.amount > 9007199254740993', 'WRONG_TYPE', '1:13', undefined],
    ['tx.amount > 99999999999999999999', 'WRONG_TYPE', '1:13', undefined],
    ['tx.amount / 0.0 > 1.0', 'WRONG_TYPE', '1:13', undefined],
    ['!tx.amount', 'WRONG_TYPE', '1:1', undefined],
    ['tx.amount && tx.night', 'WRONG_TYPE', '1:1', undefined],
    ['tx.night ? 1.0 : "x"', 'WRONG_TYPE', '1:1', undefined],
    ['tx.currency.startsWith(3.0)', 'WRONG_TYPE', '1:1', undefined],
    ['tx.currency.startsWith("a", "b")', 'WRONG_TYPE', '1:1', undefined],
    ['has(tx)', 'WRONG_TYPE', '1:1', 'write has(group.name)'],
    ['has(1.0)', 'WRONG_TYPE', '1:1', 'write has(group.name)'],
    // syntax
    ['', 'SYNTAX', '1:1', undefined],
    ['tx.amount >', 'SYNTAX', '1:12', undefined],
    ['tx.amount = 3.0', 'SYNTAX', '1:11', 'write =='],
    ['tx.night and tx.amount > 3.0', 'SYNTAX', '1:10', 'write &&'],
    ['tx.night or tx.night', 'SYNTAX', '1:10', 'write ||'],
    ['tx.country == "DE', 'SYNTAX', '1:15', undefined],
    ['(tx.night', 'SYNTAX', '1:10', undefined],
    ['tx.amount > 1.0; drop', 'SYNTAX', '1:16', undefined],
    // loops, and what could take long or grow
    ['[1, 2, 3].all(x, x > 1)', 'TOO_COSTLY', '1:1', 'write each case, joined by || or &&, or ask for a feature'],
    ['[1,2,3].map(a, [1,2,3].map(b, [1,2,3].map(c, a * b * c))).size() > 0', 'UNSUPPORTED', '1:1', 'there are startsWith, endsWith, contains'],
    ['[1, 2].exists(x, tx.amount > 1.0)', 'TOO_COSTLY', '1:1', 'write each case, joined by || or &&, or ask for a feature'],
    ['tx.night && [[1]].exists_one(x, true)', 'TOO_COSTLY', '1:13', 'write each case, joined by || or &&, or ask for a feature'],
    ['tx.country.matches("(a+)+$")', 'TOO_COSTLY', '1:1', 'use startsWith, endsWith, contains or in [...]'],
    ['tx.country + tx.country == "DEDE"', 'TOO_COSTLY', '1:1', undefined],
    ['(tx.country + tx.country).startsWith("D")', 'TOO_COSTLY', '1:2', undefined],
    // CEL that rules have no use for
    ['tx["amount"] > 1.0', 'UNSUPPORTED', '1:1', undefined],
    ['{"a": tx.amount}', 'UNSUPPORTED', '1:1', undefined],
    ['tx.amount > 3u', 'UNSUPPORTED', '1:13', undefined],
    ['tx.country == null', 'UNSUPPORTED', '1:15', undefined],
    ['b"abc" == b"abc"', 'UNSUPPORTED', '1:1', undefined],
    ['tx.amount % 2.0 == 0.0', 'UNSUPPORTED', '1:1', undefined],
    ['[tx.amount] == [1.0]', 'UNSUPPORTED', '1:1', undefined],
    ['tx.country in tx.country', 'UNSUPPORTED', '1:15', 'write x in ["a", "b"]'],
    ['tx.country in [tx.country]', 'UNSUPPORTED', '1:16', undefined],
    ['double(tx.currency) > 1.0', 'UNSUPPORTED', '1:1', 'numbers are doubles already'],
    ['timestamp("2020-01-01T00:00:00Z") < timestamp("2021-01-01T00:00:00Z")', 'UNSUPPORTED', '1:1', 'there is has(feature); timestamp could be a feature'],
    ['dyn(tx.amount) > "x"', 'UNSUPPORTED', '1:1', 'there is has(feature); dyn could be a feature'],
    ['cel.bind(x, tx.amount, x > 1.0)', 'UNSUPPORTED', '1:1', 'there are startsWith, endsWith, contains'],
    ['tx.currency.split("U").size() > 1', 'UNSUPPORTED', '1:1', 'there are startsWith, endsWith, contains'],
    ['true', 'UNSUPPORTED', '1:1', undefined],
    ['1.0 > 2.0', 'UNSUPPORTED', '1:1', undefined],
  ])('%s', (text, code, position, suggestion) => {
    const [problem] = problemsOf(text)
    expect({ code: problem?.code, at: `${problem?.position?.line}:${problem?.position?.column}`, suggestion: problem?.suggestion })
      .toEqual({ code: `FRAUD_RULE_${code}`, at: position, suggestion })
  })

  it('for every unknown name at once', () => {
    expect(problemsOf('tx.amuont > 3.0 && tx.sped_kmh > 1.0').map(({ suggestion }) => suggestion))
      .toEqual(['did you mean tx.amount?', 'did you mean tx.speed_kmh?'])
  })
})

describe('refused as too costly', () => {
  it.each([
    ['brackets within brackets', `${'('.repeat(40)}tx.night${')'.repeat(40)}`, 25],
    ['a tower of signs', `${'!'.repeat(1_900)}tx.night`, 1_502],
    ['too long a chain', Array.from({ length: 101 }, () => 'tx.night').join('&&'), 1],
    ['too long a list', `tx.country in [${'"DE",'.repeat(390)}"FR"]`, 1_516],
    ['too long a text', `tx.night${' '.repeat(2_000)}`, 2_001],
  ])('%s', (_, text, column) => {
    expect(problemsOf(text)).toMatchObject([{ code: 'FRAUD_RULE_TOO_COSTLY', position: { line: 1, column } }])
  })
})

describe('at most', () => {
  it('300 words in a list', () => {
    const list = (length: number) => `tx.country in [${Array.from({ length }, () => '"DE"').join(',')}]`
    expect(problemsOf(list(300))).toEqual([])
    expect(problemsOf(list(301))[0]?.code).toBe('FRAUD_RULE_TOO_COSTLY')
  })

  it('200 steps', () => {
    // n comparisons with a literal, joined: 3n + n - 1 steps
    const joined = (count: number) => Array.from({ length: count }, () => 'tx.amount>9').join('||')
    expect(problemsOf(joined(50))).toEqual([])
    expect(problemsOf(joined(51))[0]?.code).toBe('FRAUD_RULE_TOO_COSTLY')
  })
})
