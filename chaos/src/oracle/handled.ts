import { appendFileSync } from 'node:fs'

/** One call of a handler. */
export interface Call {
  /** Milliseconds since the Unix epoch. */
  readonly at: number
  readonly partition: number
  readonly first: number
  readonly last: number
}

/** Writes a call down before it is made: also what is aborted, or killed in the middle, was handled. */
export function noteCall(file: string, { at, partition, first, last }: Call): void {
  appendFileSync(file, `${at} ${partition} ${first} ${last}\n`)
}

/** The calls of a file; a last line that was cut off by a kill is left out. */
export function callsOf(text: string): Call[] {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  return whole.split('\n').slice(0, -1).map((line) => {
    const [at = NaN, partition = NaN, first = NaN, last = NaN] = line.split(' ').map(Number)
    return { at, partition, first, last }
  })
}

/**
 * When a record was handled that had been before, for each time that happened, in order.
 *
 * @param inputs offsets of the records by partition, ascending
 */
export function handledAgain(calls: readonly Call[], inputs: readonly (readonly number[])[]): number[] {
  const again: number[] = []
  const handled = inputs.map((offsets) => new Uint8Array((offsets.at(-1) ?? -1) + 1))
  const isInput = inputs.map((offsets) => {
    const marks = new Uint8Array((offsets.at(-1) ?? -1) + 1)
    for (const offset of offsets) marks[offset] = 1
    return marks
  })
  for (const { at, partition, first, last } of calls.toSorted((a, b) => a.at - b.at)) {
    const seen = handled[partition]
    const records = isInput[partition]
    if (!seen || !records) continue
    for (let offset = first; offset <= last; offset++) {
      if (records[offset] !== 1) continue
      if (seen[offset] === 1) again.push(at)
      seen[offset] = 1
    }
  }
  return again
}
