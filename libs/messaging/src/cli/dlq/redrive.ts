import { setTimeout as delay } from 'node:timers/promises'
import { uuidv7 } from '@swipestream/contracts'
import { toError } from '@swipestream/platform'
import { failureCode, failureKind } from '../../consumer/failure.js'
import { MessagingError } from '../../errors.js'
import { type KafkaClient, type KafkaRecord, nameOf, type Reader, type RecordToSend, type TransactionalProducer } from '../../kafka/ports.js'
import type { Broken, Outcome } from '../command.js'
import type { Editor } from './editor.js'
import { type Filter, select } from './filter.js'
import { beginRecord, letterOf, markerRecord, redrivenRecord, type Redrive } from './letter.js'
import { DeadLetters, type LetterSummary } from './letters.js'
import { Pace } from './pace.js'
import { counted, countsLine } from './text.js'
import type { DeadLetterPlace } from './topic.js'

export interface RedriveOptions {
  readonly filter: Filter
  readonly namespace: string
  /** Also what was redriven before. */
  readonly again: boolean
  readonly dryRun: boolean
  readonly by: string
  /** Records a second at most. */
  readonly rate: number
  /** Edits each record; undefined leaves them as they are. */
  readonly editor?: Editor | undefined
}

/** A letter that is not redriven, and why. */
interface Refused extends Broken {
  /** On the dead-letter topic. */
  readonly offset: number
}

/** Letters of one transaction at most, and bytes of their records: about what one request takes. */
const lettersOfTransaction = 100
const bytesOfTransaction = 1024 * 1024
/** Longer than a transaction of a consumer may be open. In milliseconds. */
const settlingPatienceMs = 120_000
const seeingPatienceMs = 5_000

/**
 * Sends letters to their topic again. Each is sent and marked as redriven, by a record on its dead-letter topic, in one
 * transaction: after a crash at any moment it is known which of them were, and a second run leaves those out. All redrives
 * of a topic write under one transactional id: one that begins ends those before it.
 *
 * @throws MessagingError, ContractError before anything is sent; what goes wrong after that is told in `broken`
 */
export function redrive(client: KafkaClient, reader: Reader, place: DeadLetterPlace, options: RedriveOptions, progress: (line: string) => void): Promise<Outcome> {
  return new Redriving(client, reader, place, options, progress).run()
}

class Redriving {
  readonly #client: KafkaClient
  readonly #found: DeadLetters
  readonly #place: DeadLetterPlace
  readonly #options: RedriveOptions
  readonly #progress: (line: string) => void
  readonly #mark: Redrive
  readonly #broken: (Broken | Refused)[] = []
  #redriven = 0
  #lastRedriven: number | null = null

  constructor(client: KafkaClient, reader: Reader, place: DeadLetterPlace, options: RedriveOptions, progress: (line: string) => void) {
    this.#client = client
    this.#found = new DeadLetters(reader, place.at)
    this.#place = place
    this.#options = options
    this.#progress = progress
    this.#mark = { at: Date.now(), by: options.by, edited: options.editor?.fields ?? [] }
  }

  async run(): Promise<Outcome> {
    const { filter, dryRun } = this.#options
    await this.#found.read()
    const { chosen, redrivenBefore } = select(this.#found, filter, this.#options)
    await this.#tryEdits(chosen)
    if (dryRun || chosen.length === 0 || this.#broken.length > 0) return this.#outcome(chosen, redrivenBefore)

    const producer = this.#client.transactionalProducer(`${this.#options.namespace}dlq-${this.#place.topic.name}`)
    try {
      await producer.open()
      await this.#settle(producer)
      const still = this.#options.again ? chosen : chosen.filter((letter) => this.#found.isOpen(letter))
      await this.#sendAll(producer, still)
      return this.#outcome(still, redrivenBefore + chosen.length - still.length)
    } finally {
      await producer.close()
    }
  }

  /** Edits every record once for nothing, so that one that is refused stops the redrive before it begins. */
  async #tryEdits(chosen: readonly LetterSummary[]): Promise<void> {
    const { editor } = this.#options
    if (!editor) return
    for await (const record of this.#found.records(chosen.map(({ offset }) => offset))) {
      try {
        await editor.edited(record)
      } catch (error) {
        if (failureKind(error) !== 'poison') throw error
        this.#refuse(record, error)
      }
    }
  }

  /**
   * Reads up to a record of its own, so that it knows what earlier redrives have marked: a transaction of a consumer that
   * is open hides what was written after its beginning, also when that is committed.
   */
  async #settle(producer: TransactionalProducer): Promise<void> {
    const id = uuidv7()
    await producer.write([beginRecord(this.#place.at.topic, id, this.#mark)])
    if (await this.#readUntil(() => this.#found.begun.has(id), settlingPatienceMs)) return
    throw new MessagingError('KAFKA_UNAVAILABLE', `A transaction has been open on ${nameOf(this.#place.at)} for ${settlingPatienceMs / 1_000} s, and hides what comes after it: try again when it has ended`)
  }

  /** Gives whether it was seen within so many milliseconds. */
  async #readUntil(seen: () => boolean, patienceMs: number): Promise<boolean> {
    const started = Date.now()
    for (let round = 1; ; round++) {
      await this.#found.read()
      if (seen()) return true
      if (Date.now() - started > patienceMs) return false
      if (round === 50) this.#progress('waiting for the end of an open transaction on the dead-letter topic')
      await delay(50)
    }
  }

  async #sendAll(producer: TransactionalProducer, letters: readonly LetterSummary[]): Promise<void> {
    const { rate } = this.#options
    const pace = new Pace(letters.length, rate, this.#progress)
    const size = Math.min(lettersOfTransaction, Math.max(1, Math.ceil(rate / 10)))
    try {
      for await (const records of batches(this.#found.records(letters.map(({ offset }) => offset)), size)) {
        await this.#send(producer, records)
        await pace.done(records.length)
      }
      // Marks are seen a moment after their transaction has ended: whoever looks next is to see them.
      await this.#readUntil(() => this.#lastRedriven === null || this.#found.redrives.get(this.#lastRedriven)?.at(-1)?.at === this.#mark.at, seeingPatienceMs)
    } catch (error) {
      const rest = `${this.#redriven} of ${letters.length} were redriven. Run it again for the rest: it knows which were`
      const why = failureCode(error) === 'KAFKA_FENCED' ? 'another redrive of this topic has begun' : toError(error).message
      this.#broken.push({ rule: failureCode(error), message: `${why}. ${rest}` })
    }
  }

  async #send(producer: TransactionalProducer, records: readonly KafkaRecord[]): Promise<void> {
    try {
      const parts = await Promise.all(records.map((record) => this.#partsOf(record)))
      await producer.write(parts.flat())
      this.#redriven += records.length
      this.#lastRedriven = Number(records.at(-1)?.offset)
    } catch (error) {
      // Refused, and it would be again: one record must not keep the others back.
      if (failureKind(error) !== 'poison' && failureCode(error) !== 'KAFKA_CLIENT') throw error
      if (records.length > 1) for (const record of records) await this.#send(producer, [record])
      else if (records[0]) this.#refuse(records[0], error)
    }
  }

  async #partsOf(record: KafkaRecord): Promise<RecordToSend[]> {
    const letter = letterOf(record)
    if (!letter) throw new Error(`the record at ${record.offset} is no dead letter`)
    const value = this.#options.editor ? await this.#options.editor.edited(record) : record.value
    const before = letter.redriveCount + (this.#found.redrives.get(Number(record.offset))?.length ?? 0)
    return [redrivenRecord(record, letter, value, this.#mark, before + 1), markerRecord(record, this.#mark)]
  }

  #refuse({ offset }: KafkaRecord, error: unknown): void {
    this.#broken.push({ rule: failureCode(error), offset: Number(offset), message: `${nameOf(this.#place.at)} at ${offset}: ${toError(error).message}` })
  }

  #outcome(chosen: readonly LetterSummary[], redrivenBefore: number): Outcome {
    const { topic, at } = this.#place
    const { dryRun, namespace, by } = this.#options
    const target = namespace + topic.name
    const groups = counted(chosen.map(({ group }) => group))
    const { edited } = this.#mark
    const offsets = chosen.map(({ offset }) => offset)
    const what = `${chosen.length} letter(s) of ${at.topic} to ${target}`
    // What else went wrong may have been sent all the same.
    const refused = this.#broken.length > 0 && this.#redriven === 0 && this.#broken.every((each) => 'offset' in each)
    const would = refused ? `would send nothing of ${what}` : `would redrive ${what}`
    const done = dryRun ? `${would}: nothing was written` : `redriven ${this.#redriven} of ${what}`
    const lines = [
      chosen.length === 0 ? `${at.topic}: there is no such letter to redrive` : done,
      ...(chosen.length > 0 ? [`  offsets ${rangesOf(offsets)}`, `  given up by ${countsLine(groups)}; every group of ${target} sees them, those too that had handled them`] : []),
      ...(chosen.length > 0 && topic.cleanup === 'compact' ? [`  ${target} is compacted: they replace what stands under their keys, also where that is newer`] : []),
      ...(edited.length > 0 ? [`  edited: ${edited.join(', ')}`] : []),
      ...(redrivenBefore > 0 ? [`  left out ${redrivenBefore} that were redriven before: --again takes them too`] : []),
      ...this.#broken.map(({ rule, message }) => `${rule}: ${message}`),
      ...(refused && !dryRun ? ['nothing was sent'] : []),
    ]
    const json = { topic: at.topic, target, dryRun, by, selected: chosen.length, redriven: this.#redriven, redrivenBefore, offsets: rangesOf(offsets), groups, edited, broken: this.#broken }
    return { lines, json }
  }
}

async function* batches(records: AsyncIterable<KafkaRecord>, size: number): AsyncGenerator<KafkaRecord[]> {
  let batch: KafkaRecord[] = []
  let bytes = 0
  for await (const record of records) {
    const length = record.value?.length ?? 0
    if (batch.length === size || (batch.length > 0 && bytes + length > bytesOfTransaction)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(record)
    bytes += length
  }
  if (batch.length > 0) yield batch
}

/** Ascending offsets, shortly: `3..5, 9`. */
export function rangesOf(offsets: readonly number[]): string {
  const ranges: [number, number][] = []
  for (const offset of offsets) {
    const last = ranges.at(-1)
    if (last && last[1] === offset - 1) last[1] = offset
    else ranges.push([offset, offset])
  }
  const texts = ranges.map(([from, to]) => (from === to ? `${from}` : `${from}..${to}`))
  return texts.length > 20 ? `${texts.slice(0, 20).join(', ')} and ${texts.length - 20} ranges more` : texts.join(', ')
}
