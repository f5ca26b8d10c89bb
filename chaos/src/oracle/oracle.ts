import type { Input, Output, Tally } from '../contracts.js'
import { tallied } from '../tally.js'
import { Ledger, type Verdict } from './ledger.js'

/** The ways that are judged apart: two into the inputs, then from inputs to outputs and to the state. */
export const pipelines = ['bulk', 'outbox', 'consumer', 'state'] as const
export type Pipeline = (typeof pipelines)[number]

interface Place {
  readonly partition: number
  readonly offset: number
}

/**
 * Judges a run by an account of its own. Tell it all that was owed, then every input, then outputs and states, each as
 * its readers see them, partition by partition in their order.
 */
export class Oracle {
  readonly #written = { bulk: new Ledger('record'), outbox: new Ledger('record') }
  /** By partition of the inputs. */
  readonly #outputs = new Map<number, Ledger>()
  readonly #tallies = new Map<string, Tally>()
  /** By partition and key: a state that is in two of them is one too many. */
  readonly #stored = new Map<string, { key: string; tally: Tally | null; at: Place }>()

  /** A writer has to have written this. Its keys say which one: `bulk-…`, `outbox-…`. */
  owed({ key, sequence, value }: Pick<Input, 'key' | 'sequence' | 'value'>): void {
    this.#written[writerOf(key)].expect(key, sequence, value)
  }

  /** Every input is owed an output, also one that should not be there: who wrote it answers for that. */
  input({ key, sequence, value }: Pick<Input, 'key' | 'sequence' | 'value'>, at: Place): void {
    this.#written[writerOf(key)].meet(key, sequence, value, at)
    const tally = tallied(this.#tallies.get(key), { key, sequence, value })
    this.#tallies.set(key, tally)
    this.#outputsOf(at.partition).expect(key, at.offset, contentOf(tally))
  }

  output(output: Output, at: Place): void {
    this.#outputsOf(output.input_partition).meet(output.key, output.input_offset, contentOf(output), at)
  }

  /** A record of the state; null: the key has none any more. */
  stored(key: string, tally: Tally | null, at: Place): void {
    this.#stored.set(`${at.partition} ${key}`, { key, tally, at })
  }

  verdicts(): Record<Pipeline, Verdict> {
    return {
      bulk: this.#written.bulk.verdict(),
      outbox: this.#written.outbox.verdict(),
      consumer: together([...this.#outputs.values()].map((ledger) => ledger.verdict())),
      state: this.#states(),
    }
  }

  #states(): Verdict {
    const ledger = new Ledger('state')
    for (const [key, tally] of this.#tallies) ledger.expect(key, 0, contentOf(tally))
    for (const { key, tally, at } of this.#stored.values()) if (tally) ledger.meet(key, 0, contentOf(tally), at)
    return ledger.verdict()
  }

  #outputsOf(partition: number): Ledger {
    const ledger = this.#outputs.get(partition) ?? new Ledger(`output of input ${partition}/`)
    this.#outputs.set(partition, ledger)
    return ledger
  }
}

function writerOf(key: string): 'bulk' | 'outbox' {
  return key.startsWith('bulk-') ? 'bulk' : 'outbox'
}

/** Count and checksum in one number that is exact: 21 bits and 32 bits. */
function contentOf({ count, checksum }: Pick<Tally, 'count' | 'checksum'>): number {
  return count * 2 ** 32 + checksum
}

function together(verdicts: readonly Verdict[]): Verdict {
  const sum = (field: Exclude<keyof Verdict, 'samples'>) => verdicts.reduce((total, verdict) => total + verdict[field], 0)
  return {
    obligations: sum('obligations'),
    lost: sum('lost'),
    duplicated: sum('duplicated'),
    disordered: sum('disordered'),
    unequal: sum('unequal'),
    unasked: sum('unasked'),
    samples: verdicts.flatMap(({ samples }) => samples).slice(0, 10),
  }
}
