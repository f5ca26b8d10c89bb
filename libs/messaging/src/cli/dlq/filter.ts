import { UsageError, wholeNumber } from '../command.js'
import { momentOf } from '../moment.js'
import type { DeadLetters, LetterSummary } from './letters.js'

/** The options that say which letters are meant. */
export const filterOptions = {
  code: { type: 'string', multiple: true },
  group: { type: 'string', multiple: true },
  key: { type: 'string', multiple: true },
  since: { type: 'string' },
  until: { type: 'string' },
  offset: { type: 'string' },
  limit: { type: 'string' },
} as const

type Given<T> = { readonly [Name in keyof T]?: (T[Name] extends { multiple: true } ? string[] : string) | undefined }

/** Which letters are meant; what is left out leaves none out. */
export interface Filter {
  readonly codes?: readonly string[] | undefined
  /** With or without the namespace. */
  readonly groups?: readonly string[] | undefined
  readonly keys?: readonly string[] | undefined
  /** Given up at or after. Milliseconds since the Unix epoch. */
  readonly since: number
  /** Given up before. */
  readonly until: number
  /** Offsets on the dead-letter topic, both included. */
  readonly from: number
  readonly to: number
  /** So many, the oldest first. */
  readonly limit: number
}

/** @throws UsageError */
export function parseFilter(given: Given<typeof filterOptions>, limit = Infinity): Filter {
  const [from, to] = given.offset === undefined ? [0, Infinity] : parseOffsets(given.offset)
  return {
    codes: given.code,
    groups: given.group,
    keys: given.key,
    since: given.since === undefined ? -Infinity : momentOf('--since', given.since),
    until: given.until === undefined ? Infinity : momentOf('--until', given.until),
    from,
    to,
    limit: given.limit === undefined ? limit : wholeNumber('--limit', given.limit),
  }
}

export function matches({ offset, key, code, group, failedAt }: LetterSummary, filter: Filter, namespace: string): boolean {
  return (
    (filter.codes?.includes(code) ?? true) &&
    (filter.groups?.some((wanted) => group === wanted || group === namespace + wanted) ?? true) &&
    (filter.keys?.some((wanted) => key === wanted) ?? true) &&
    failedAt >= filter.since &&
    failedAt < filter.until &&
    offset >= filter.from &&
    offset <= filter.to
  )
}

/** What a filter selects. */
export interface Selection {
  readonly chosen: readonly LetterSummary[]
  /** How many match, also beyond the limit. */
  readonly matching: number
  /** How many match and were left out because they were redriven before. */
  readonly redrivenBefore: number
}

/** @param again takes also what was redriven before */
export function select(found: DeadLetters, filter: Filter, { namespace, again }: { readonly namespace: string; readonly again: boolean }): Selection {
  const matching = found.letters.filter((letter) => matches(letter, filter, namespace))
  const open = again ? matching : matching.filter((letter) => found.isOpen(letter))
  return { chosen: open.slice(0, filter.limit), matching: open.length, redrivenBefore: matching.length - open.length }
}

function parseOffsets(text: string): [from: number, to: number] {
  const [, one, from, to] = /^(?:(\d{1,15})|(\d{1,15})?\.\.(\d{1,15})?)$/.exec(text) ?? []
  if (one !== undefined) return [Number(one), Number(one)]
  const range: [number, number] = [Number(from ?? 0), Number(to ?? Infinity)]
  if ((from === undefined && to === undefined) || range[0] > range[1]) throw new UsageError(`--offset takes an offset or a range such as 12, 10..20, 10.. or ..20, not ${text}`)
  return range
}
