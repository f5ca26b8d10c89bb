import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { createInterface } from 'node:readline'
import type { LineAnswer } from '../src/http/batch-lines.js'
import { keys } from './service.js'

/** A batch under way: lines are sent and answers read at the same time. */
export interface BatchStream {
  readonly request: ClientRequest
  /** Resolves when the answer begins. */
  readonly response: Promise<IncomingMessage>
  send(...lines: readonly unknown[]): void
  /** Answers as they come. Throws when the connection breaks. */
  answers(): AsyncGenerator<LineAnswer>
  /** Sends what is left, ends the batch, and reads what is left. */
  finish(...lines: readonly unknown[]): Promise<LineAnswer[]>
}

const lineOf = (line: unknown): string => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`

export function openBatch(url: string, headers: Readonly<Record<string, string>> = {}): BatchStream {
  const sent = request(`${url}/v1/transactions/batch`, {
    method: 'POST',
    agent: false,
    headers: { authorization: `Bearer ${keys.till}`, 'content-type': 'application/x-ndjson', ...headers },
  })
  sent.flushHeaders()
  const response = once(sent, 'response').then(([message]) => message as IncomingMessage)
  // Whoever reads the answers is told.
  response.catch(() => undefined)
  sent.on('error', () => undefined)
  let reading: AsyncGenerator<LineAnswer> | undefined
  const batch: BatchStream = {
    request: sent,
    response,
    send(...lines) {
      sent.write(lines.map(lineOf).join(''))
    },
    answers() {
      reading ??= (async function* () {
        const message = await response
        for await (const line of createInterface({ input: message })) yield JSON.parse(line) as LineAnswer
        if (!message.complete) throw new Error('the answer was cut')
      })()
      return reading
    },
    async finish(...lines) {
      sent.end(lines.map(lineOf).join(''))
      const answers: LineAnswer[] = []
      for await (const answer of batch.answers()) answers.push(answer)
      return answers
    },
  }
  return batch
}
