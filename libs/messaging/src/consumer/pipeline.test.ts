import { fraudFeedback, type Topic } from '@swipestream/contracts'
import { activeTrace, SpanKind, startTracing, type Tracing, type TracingOptions } from '@swipestream/platform'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { causedBy } from '../envelope.js'
import type { KafkaRecord } from '../kafka/ports.js'
import type { Received } from '../received.js'
import { type Handle, Pipeline } from './pipeline.js'
import { workerParts } from './worker-parts.fixture.js'

type Processor = NonNullable<TracingOptions['processors']>[number]

let finished: Parameters<Processor['onEnd']>[0][]
let tracing: Tracing
beforeEach(async () => {
  finished = []
  const processor: Processor = { onStart: () => undefined, onEnd: (span) => void finished.push(span), forceFlush: () => Promise.resolve(), shutdown: () => Promise.resolve() }
  tracing = await startTracing({ service: 'svc', processors: [processor] })
})
afterEach(() => tracing.stop())

const idsOf = (n: number) => ({ traceId: `0af7651916cd43dd8448eb211c80319${n}`, spanId: `b7ad6b716920333${n}` })
const traceparentOf = (n: number, flags = '01') => `00-${idsOf(n).traceId}-${idsOf(n).spanId}-${flags}`
const record = (n: number, traceparent = traceparentOf(n)): KafkaRecord => ({
  topic: 'fraud_feedback', partition: 0, offset: BigInt(n), timestamp: 0, key: Buffer.from('c'), value: Buffer.from(`${n}`), headers: { traceparent: Buffer.from(traceparent) },
})
const event = (value: unknown) => ({ ...(fraudFeedback as Topic<unknown>).event({ card_id: 'c' } as never), value }) as never

/** Handles these records together, by a handler of batches; gives the records that were sent. */
async function run(records: readonly KafkaRecord[], handle: (batch: Received<unknown>[]) => never[]) {
  const { parts, sent } = workerParts({ handle: ((batch: Received<unknown>[]) => Promise.resolve(handle(batch))) as unknown as Handle })
  const batched = { ...parts, subscription: { ...parts.subscription, batch: 10 } }
  const signal = new AbortController().signal
  const pipeline = new Pipeline({ topic: 'fraud_feedback', partition: 0 }, batched, parts.delivery(signal), signal)
  await pipeline.handle(await pipeline.read(records))
  return sent
}

const tree = () => finished.map((span) => ({ name: span.name, kind: span.kind, parent: span.parentSpanContext?.spanId, traceId: span.spanContext().traceId, spanId: span.spanContext().spanId }))

describe('a batch', () => {
  it('is a span of its own, and each of its messages goes on in its own trace: to the handler, and to what came of it', async () => {
    const seen: (string | undefined)[] = []
    const sent = await run([record(1), record(2)], (batch) => batch.flatMap((message) => {
      seen.push(message.headers['traceparent'])
      return causedBy(message, [event(message.value)]) as never[]
    }))
    const spans = tree()
    const processed = [1, 2].map((n) => spans.find(({ name, traceId }) => name === 'process fraud_feedback' && traceId === idsOf(n).traceId))
    const written = [1, 2].map((n) => spans.find(({ name, traceId }) => name === 'send fraud_feedback' && traceId === idsOf(n).traceId))
    expect(processed).toMatchObject([1, 2].map((n) => ({ kind: SpanKind.CONSUMER, parent: idsOf(n).spanId })))
    expect(seen).toEqual(processed.map((span) => `00-${span?.traceId}-${span?.spanId}-01`))
    expect(written).toMatchObject(processed.map((span) => ({ kind: SpanKind.PRODUCER, parent: span?.spanId })))
    expect(sent.map(({ headers }) => headers['traceparent'])).toEqual(written.map((span) => `00-${span?.traceId}-${span?.spanId}-01`))
    const batch = finished.find(({ parentSpanContext }) => parentSpanContext === undefined)
    expect(batch?.links.map(({ context }) => context.spanId)).toEqual([1, 2].map((n) => idsOf(n).spanId))
    expect(batch?.attributes).toMatchObject({ 'messaging.operation.name': 'process', 'messaging.batch.message_count': 2 })
    expect(batch?.attributes).not.toHaveProperty('messaging.kafka.offset')
    const [one] = finished.filter(({ name, parentSpanContext }) => name === 'process fraud_feedback' && parentSpanContext !== undefined)
    expect(one?.attributes).toMatchObject({ 'messaging.operation.name': 'process', 'messaging.kafka.offset': 1 })
    expect(one?.attributes).not.toHaveProperty('messaging.batch.message_count')
    expect(spans).toHaveLength(5)
  })

  it('of one message has its span only, and log lines of the handler its ids', async () => {
    const active: unknown[] = []
    await run([record(1)], () => {
      active.push(activeTrace())
      return []
    })
    const [span, ...more] = tree()
    expect(span).toMatchObject({ name: 'process fraud_feedback', traceId: idsOf(1).traceId, parent: idsOf(1).spanId })
    expect(active).toEqual([{ trace_id: span?.traceId, span_id: span?.spanId }])
    expect(more).toEqual([])
  })

  it('passes on, as it came, a trace that is not recorded', async () => {
    const sent = await run([record(1, traceparentOf(1, '00')), record(2)], (batch) => batch.flatMap((message) => causedBy(message, [event(message.value)]) as never[]))
    expect(sent.map(({ headers }) => headers['traceparent'])).toEqual([traceparentOf(1, '00'), expect.stringContaining(idsOf(2).traceId)])
    expect(tree().filter(({ traceId }) => traceId === idsOf(1).traceId)).toEqual([])
  })
})
