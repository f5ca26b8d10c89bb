import { Inject, Injectable } from '@nestjs/common'
import { counter, LOGGER, Problem, problemOf, toError, type FieldError, type Logger, type ProblemBody } from '@swipestream/platform'
import { AcceptSwipe } from '../app/accept-swipe.js'
import { InTurn } from '../app/in-turn.js'
import type { Swipe } from '../domain/swipe.js'
import { idempotencyKeyError } from './idempotency-key.js'
import type { Line } from './ndjson-lines.js'
import { idempotencyKeyInProgress, idempotencyKeyReused, lineNotJson, lineTooLong, overloaded, swipeInvalid } from './problems.js'
import { SwipePipe } from './swipe.pipe.js'

/** The key of a line, beside the fields of its swipe. */
export const lineKeyField = 'idempotency_key'

/** What became of a line: what the answer to the same swipe alone would have said. */
export interface LineAnswer {
  /** Number of the line, from 1. */
  readonly line: number
  /** The status that a request of its own would have been answered with. */
  readonly status: number
  readonly transaction_id?: string
  /** Present when the swipe had been stored before, under the same key. */
  readonly replayed?: true
  readonly problem?: ProblemBody
}

/** Takes in the lines of batches, each as `POST /v1/transactions` would take it alone. */
@Injectable()
export class BatchLines {
  private readonly lines = counter({
    name: 'batch_lines_total',
    help: 'Lines of batches by the status each was answered with',
    labels: ['status'],
  })

  constructor(
    private readonly swipePipe: SwipePipe,
    private readonly acceptSwipe: AcceptSwipe,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Takes the lines of one batch in; what it gives never rejects. Swipes of one card are stored, and so published, in
   * the order of their lines, as those that come in order always are; of two lines with one key the second waits for the
   * first, and is its repetition.
   */
  of(client: string): (line: Line) => Promise<LineAnswer> {
    const inTurn = new InTurn()
    let told = false
    return async (line) => {
      let answer: LineAnswer
      try {
        const { swipe, key } = this.#read(line)
        const accept = (): Promise<LineAnswer> => this.#accept(line.number, swipe, client, key)
        answer = await (key === undefined ? accept() : inTurn.run(key, accept))
      } catch (error) {
        const problem = problemOf(error)
        // Once a batch: what fails one line for reasons of ours fails thousands.
        if (!(error instanceof Problem) && !told) {
          told = true
          this.logger.warn({ err: toError(error), line: line.number, code: problem.body.code }, 'Lines of a batch were not stored')
        }
        answer = { line: line.number, status: problem.body.status, problem: problem.body }
      }
      this.lines.inc({ status: String(answer.status) })
      return answer
    }
  }

  async #accept(line: number, swipe: Swipe, client: string, key: string | undefined): Promise<LineAnswer> {
    const accepted = await this.acceptSwipe.run(swipe, key === undefined ? undefined : { client, key })
    if (accepted.outcome === 'key_reused') throw idempotencyKeyReused(lineKeyField)
    if (accepted.outcome === 'in_progress') throw idempotencyKeyInProgress(lineKeyField)
    if (accepted.outcome === 'overloaded') throw overloaded()
    const { transaction_id } = accepted.transaction
    return accepted.replayed ? { line, status: 202, transaction_id, replayed: true } : { line, status: 202, transaction_id }
  }

  /** @throws Problem 400 INVALID_JSON, 413 LINE_TOO_LONG, 422 SWIPE_INVALID */
  #read(line: Line): { swipe: Swipe; key: string | undefined } {
    if ('fault' in line) throw line.fault === 'too_long' ? lineTooLong() : lineNotJson()
    const body = parsed(line.text)
    if (typeof body !== 'object' || body === null || !(lineKeyField in body)) return { swipe: this.swipePipe.transform(body), key: undefined }
    const { [lineKeyField]: key, ...rest } = body
    const swipe = this.swipePipe.transform(rest)
    const error: FieldError | undefined =
      typeof key === 'string' ? idempotencyKeyError(key, swipe.card_number, lineKeyField) : { field: lineKeyField, detail: 'must be 1 to 255 printable ASCII characters' }
    if (error) throw swipeInvalid([error])
    return { swipe, key: key as string }
  }
}

/** As Fastify reads a body: one that would set a prototype is refused. */
function parsed(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw lineNotJson()
  }
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__')) throw lineNotJson()
  return value
}
