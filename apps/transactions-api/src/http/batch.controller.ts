import { Body, Controller, HttpCode, Inject, Post, Req, StreamableFile } from '@nestjs/common'
import { Client, Problem, Readiness, RequireScope } from '@swipestream/platform'
import { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { CONFIG, type Config } from '../config.js'
import { BatchLines, type LineAnswer } from './batch-lines.js'
import { ndjson } from './body-types.js'
import { DescribeAcceptBatch } from './describe-batch.js'
import { mapInOrder } from './map-in-order.js'
import { type Line, linesOf } from './ndjson-lines.js'
import { overloaded } from './problems.js'
import type { Scope } from './scope.js'
import { bodyLimit } from './setup.js'

/** Two groups of what is stored together: one is made up while the other is written. */
const linesInHand = 256
/** With all their lines in hand they take less than half of what may wait to be stored: single swipes find room. */
const batchesAtOnce = 8

/** The part of Fastify's request that is used here. */
interface Request {
  readonly raw: { readonly socket: unknown }
}

@Controller('v1/transactions')
export class BatchController {
  #batches = 0

  constructor(
    private readonly lines: BatchLines,
    private readonly readiness: Readiness,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Post('batch')
  @HttpCode(200)
  @RequireScope<Scope>('transactions:write')
  @DescribeAcceptBatch()
  accept(@Body() body: Readable, @Req() request: Request, @Client() client: string): StreamableFile {
    if (this.#batches >= batchesAtOnce) throw overloaded()
    // A client whose machine is gone says nothing, and would keep its place for ever. Node cuts such a connection, and
    // sets the time anew for the next request on it. (A request that a test injects has no socket.)
    if (request.raw.socket instanceof Socket) request.raw.socket.setTimeout(this.config.BATCH_IDLE_SECONDS * 1000)
    this.#batches++
    const answers = Readable.from(this.#answers(body, client), { objectMode: false })
    answers.once('close', () => {
      this.#batches--
      // What the client still sends of a batch that has ended is read and dropped, or it would never read the answer.
      body.resume()
    })
    return new StreamableFile(answers, { type: ndjson })
  }

  async *#answers(body: Readable, client: string): AsyncGenerator<string> {
    const { shutdown } = this.readiness
    const accept = this.lines.of(client)
    let last = 0
    const take = (line: Line): Promise<LineAnswer> => {
      last = line.number
      return accept(line)
    }
    // Not destroyed with its reader: that would cut the connection, and the answers on it.
    const chunks: AsyncIterable<Buffer> = { [Symbol.asyncIterator]: () => body.iterator({ destroyOnReturn: false }) }
    for await (const answer of mapInOrder(linesOf(chunks, bodyLimit), linesInHand, take, shutdown)) yield `${JSON.stringify(answer)}\n`
    if (shutdown.aborted && !body.readableEnded) yield `${JSON.stringify(notRead(last + 1))}\n`
  }
}

/** The last answer of a batch that the service did not read to its end. */
function notRead(line: number): LineAnswer {
  const { body: problem } = Problem.unavailable('SHUTTING_DOWN', 'this line and those behind it were not read, as this instance is shutting down; send them again')
  return { line, status: problem.status, problem }
}
