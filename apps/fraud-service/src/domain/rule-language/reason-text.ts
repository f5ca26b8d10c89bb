import { currencies, formatAmount, groupDigits, minorUnitDigits } from '@swipestream/contracts/money'
import { formatDuration } from '../duration.js'
import { positionOf, type RuleProblem } from './errors.js'
import type { FeatureValues } from './feature.js'
import type { Expression, Language } from './language.js'
import type { Measure } from './measure.js'
import { isThere } from './missing.js'

/** A reason text with its values still to be filled in. */
export interface ReasonText {
  /** What it names, in its order. */
  readonly measures: readonly Measure[]
  fill(values: FeatureValues): string
}

/** What stands for a value that is absent or cannot be computed: a reason is given all the same. */
const UNKNOWN = 'unknown'

const MAX_TEXT = 500

type Format = (value: number | string | boolean, values: FeatureValues) => string

/**
 * Reads a reason text. `{card.mean_30d}` is replaced by the value, as is `{tx.amount / card.mean_30d:1}`: between the
 * braces stands an expression. After a colon stands how a number is shown: `:0` to `:9` are its decimals, `:duration`
 * makes `2 h 5 min` of seconds. Without it a number has up to two decimals, and an amount of money its currency.
 *
 * @returns the text, or what is wrong with it: positions are in the whole text
 */
export function reasonTextOf(text: string, language: Language): ReasonText | { readonly problems: readonly RuleProblem[] } {
  const problems: RuleProblem[] = []
  const measures = new Set<Measure>()
  const parts: ((values: FeatureValues) => string)[] = []
  const refuse = (offset: number, message: string) => problems.push({ code: 'FRAUD_RULE_SYNTAX', field: 'reason', message, position: positionOf(text, offset) })

  if (text.length > MAX_TEXT) refuse(MAX_TEXT, `it is ${text.length} characters long, ${MAX_TEXT} are allowed`)
  const line = text.indexOf('\n')
  if (line >= 0) refuse(line, 'it is one line')
  let end = 0
  for (const { 0: placeholder, index } of text.matchAll(/\{[^{}]*\}/g)) {
    literal(text.slice(end, index), end)
    value(placeholder.slice(1, -1), index + 1)
    end = index + placeholder.length
  }
  literal(text.slice(end), end)
  if (problems.length > 0) return { problems }
  return { measures: [...measures], fill: (values) => parts.map((part) => part(values)).join('') }

  function literal(words: string, offset: number): void {
    const brace = words.search(/[{}]/)
    if (brace >= 0) refuse(offset + brace, `a ${words[brace]} has no other brace`)
    parts.push(() => words)
  }

  function value(placeholder: string, offset: number): void {
    const { 0: suffix = '', 1: format } = /:(\d|duration)$/.exec(placeholder) ?? []
    const expression = language.compile(placeholder.slice(0, placeholder.length - suffix.length), 'reason')
    if ('problems' in expression) {
      for (const problem of expression.problems) {
        const inner = problem.position === undefined ? 0 : problem.position.column - 1
        problems.push({ ...problem, position: positionOf(text, offset + inner) })
      }
      return
    }
    if (format !== undefined && expression.type !== 'number') refuse(offset, `:${format} is for numbers, and this is a ${expression.type}`)
    for (const measure of expression.measures) measures.add(measure)
    const show = formatOf(expression, format, currencyOf(placeholder.trim(), language))
    parts.push((values) => {
      const found = expression.run(values)
      return isThere(found) ? show(found, values) : UNKNOWN
    })
  }
}

/** The currency of an amount that stands there by itself; of a computed number nobody knows. */
function currencyOf(name: string, language: Language): ((values: FeatureValues) => unknown) | undefined {
  const unit = language.measureOf(name)?.unit ?? null
  if (unit === null) return undefined
  return currencies.includes(unit) ? () => unit : language.measureOf(unit)?.run
}

function formatOf({ type }: Expression, format: string | undefined, currency: ((values: FeatureValues) => unknown) | undefined): Format {
  if (type !== 'number') return String
  if (format === 'duration') return (value) => formatDuration(value as number)
  if (format !== undefined) return (value) => decimals(value as number, Number(format))
  return (value, values) => {
    const code = currency?.(values)
    return typeof code === 'string' ? money(value as number, code) : upToTwo(value as number)
  }
}

/** @param amount in the currency's own unit */
function money(amount: number, currency: string): string {
  const minor = Math.round(Math.abs(amount) * 10 ** minorUnitDigits(currency))
  if (!Number.isSafeInteger(minor)) return `${currency} ${upToTwo(amount)}`
  return `${amount < 0 ? '-' : ''}${formatAmount(minor, currency)}`
}

/** With two decimals at most: `2`, `20,516.5`. */
function upToTwo(value: number): string {
  const text = decimals(value, 2)
  if (!text.endsWith('0') || text.at(-3) !== '.') return text
  return text.endsWith('00') ? text.slice(0, -3) : text.slice(0, -1)
}

/** From here on `toFixed` writes an exponent. */
const EXPONENT = 1e21

/** With so many decimals: `20,516.50`. Not by Intl, which takes ten times as long. */
function decimals(value: number, digits: number): string {
  if (Math.abs(value) >= EXPONENT) return String(value)
  const fixed = Math.abs(value).toFixed(digits)
  const point = digits === 0 ? fixed.length : fixed.length - digits - 1
  // what rounds to 0 has no sign
  const sign = value < 0 && Number(fixed) !== 0 ? '-' : ''
  return `${sign}${groupDigits(fixed.slice(0, point))}${fixed.slice(point)}`
}
