import { SpanStatusCode } from '@opentelemetry/api'
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { CodedError } from './errors.js'
import type { Sampling } from './sampling.js'
import {
  SpanKind,
  type Tracing,
  activeTrace,
  inSpan,
  inSpanEach,
  linksTo,
  messagingAttributes,
  startTracing,
  traceHeaders,
} from './tracing.js'

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'
const PARENT_ID = 'b7ad6b7169203331'
const sampled = { traceparent: `00-${TRACE_ID}-${PARENT_ID}-01` }

let tracing: Tracing | undefined
afterEach(async () => {
  await tracing?.stop()
})

const start = async () => {
  const exporter = new InMemorySpanExporter()
  tracing = await startTracing({ service: 'test', processors: [new SimpleSpanProcessor({ exporter })] })
  return exporter
}

describe('inSpan', () => {
  it('continues the trace its parent headers bring', async () => {
    const exporter = await start()
    const attributes = { [messagingAttributes.system]: 'kafka' }
    const seen = inSpan('process orders', { kind: SpanKind.CONSUMER, parent: sampled, attributes }, () => activeTrace())
    expect(seen?.trace_id).toBe(TRACE_ID)
    expect(exporter.getFinishedSpans()).toMatchObject([
      {
        name: 'process orders',
        kind: SpanKind.CONSUMER,
        attributes: { 'messaging.system': 'kafka' },
        parentSpanContext: { spanId: PARENT_ID },
        resource: { attributes: { 'service.name': 'test', 'telemetry.sdk.language': 'nodejs' } },
      },
    ])
  })

  it('starts a new trace when the headers bring none, even inside another span', async () => {
    await start()
    const [outer, inner] = inSpan('outer', {}, () => [
      activeTrace(),
      inSpan('inner', { parent: {} }, () => activeTrace()),
    ])
    expect(inner?.trace_id).not.toBe(outer?.trace_id)
  })

  it('is the parent of spans inside, across awaits, and ends when its promise settles', async () => {
    const exporter = await start()
    const outer = await inSpan('outer', {}, async () => {
      await new Promise((resolve) => setImmediate(resolve))
      expect(exporter.getFinishedSpans()).toEqual([])
      inSpan('inner', {}, () => undefined)
      return activeTrace()
    })
    const [inner, ended] = exporter.getFinishedSpans()
    expect(inner?.parentSpanContext?.spanId).toBe(outer?.span_id)
    expect(ended?.name).toBe('outer')
    expect(activeTrace()).toBeUndefined()
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('boom')
      },
    ],
    ['rejects', () => Promise.reject(new Error('boom'))],
  ])('records the error and throws it on when the work %s', async (_, fn) => {
    const exporter = await start()
    await expect(async () => inSpan('work', {}, fn)).rejects.toThrow('boom')
    expect(exporter.getFinishedSpans()).toMatchObject([
      { status: { code: SpanStatusCode.ERROR, message: 'boom' }, events: [{ name: 'exception' }], attributes: { 'error.type': 'Error' } },
    ])
  })

  it('tells of an error its code, and nothing personal that it says', async () => {
    const exporter = await start()
    const refused = new CodedError('SMTP_REFUSED', 'unknown', '550 <anna@example.org> is unknown')
    await expect(inSpan('send email', {}, () => Promise.reject(refused))).rejects.toBe(refused)
    const [span] = exporter.getFinishedSpans()
    expect(span).toMatchObject({ status: { message: '550 <[email]> is unknown' }, attributes: { 'error.type': 'SMTP_REFUSED' }, events: [{ attributes: { 'exception.type': 'SMTP_REFUSED' } }] })
    expect(span?.events[0]?.attributes?.['exception.stacktrace']).toMatch(/tracing\.test/)
    expect(JSON.stringify([span?.status, span?.events])).not.toContain('anna')
  })

  it('links to what produced a batch, once each', async () => {
    const exporter = await start()
    const links = linksTo([
      sampled,
      sampled,
      { traceparent: `00-${TRACE_ID}-00000000000000aa-01` },
      {},
      { traceparent: 'nonsense' },
    ])
    inSpan('process orders', { parent: {}, links }, () => undefined)
    expect(exporter.getFinishedSpans()[0]?.links.map(({ context }) => context.spanId)).toEqual([
      PARENT_ID,
      '00000000000000aa',
    ])
  })

  it('links to nothing where nobody receives spans', async () => {
    tracing = await startTracing({ service: 'orders' })
    expect(linksTo([sampled])).toEqual([])
  })
})

describe('inSpanEach', () => {
  const other = { traceparent: '00-0af7651916cd43dd8448eb211c80319d-00000000000000aa-01' }
  const unsampled = { traceparent: `00-${TRACE_ID}-${PARENT_ID}-00` }
  const named = () => ({ name: 'process orders', kind: SpanKind.CONSUMER })

  it('gives each of several things a span in its own trace, and headers that go on from there', async () => {
    const exporter = await start()
    const things = [{ headers: { ...sampled, tracestate: 'vendor=1', id: '1' } }, { headers: other }]
    const seen = await inSpanEach(things, named, (carried) => {
      expect(activeTrace()).toBeUndefined()
      expect(exporter.getFinishedSpans()).toEqual([])
      return Promise.resolve(carried.map(({ headers }) => headers))
    })
    const spans = exporter.getFinishedSpans()
    expect(spans.map(({ name, kind, parentSpanContext }) => [name, kind, parentSpanContext?.spanId])).toEqual([
      ['process orders', SpanKind.CONSUMER, PARENT_ID],
      ['process orders', SpanKind.CONSUMER, '00000000000000aa'],
    ])
    const [first, second] = spans.map((span) => span.spanContext())
    expect(seen).toEqual([
      { traceparent: `00-${TRACE_ID}-${first?.spanId}-01`, tracestate: 'vendor=1', id: '1' },
      { traceparent: `00-${second?.traceId}-${second?.spanId}-01` },
    ])
  })

  it('leaves as it is what brings no trace, or one that is not recorded', async () => {
    const exporter = await start()
    const things = [{ headers: {} }, { headers: unsampled }, { headers: { traceparent: Buffer.from(sampled.traceparent) } }]
    expect(await inSpanEach(things, named, (carried) => Promise.resolve(carried))).toEqual(things)
    expect(exporter.getFinishedSpans()).toEqual([])
  })

  it('has no spans where nobody receives them', async () => {
    tracing = await startTracing({ service: 'test' })
    const things = [{ headers: sampled }]
    await inSpanEach(things, named, (carried) => Promise.resolve(expect(carried).toBe(things)))
  })

  it('records in all of them what they failed of together', async () => {
    const exporter = await start()
    const failing = inSpanEach([{ headers: sampled }, { headers: other }], named, () => Promise.reject(new Error('boom')))
    await expect(failing).rejects.toThrow('boom')
    expect(exporter.getFinishedSpans().map(({ status }) => status.message)).toEqual(['boom', 'boom'])
  })
})

describe('sampling', () => {
  const recorded = async (sampling: Sampling, parent: Record<string, string>): Promise<boolean> => {
    const processors = [new SimpleSpanProcessor({ exporter: new InMemorySpanExporter() })]
    tracing = await startTracing({ service: 'test', sampling, processors })
    const is = inSpan('work', { parent }, (span) => span.isRecording())
    await tracing.stop()
    return is
  }
  const of = (trace: string, flags: string) => ({ traceparent: `00-${trace}-${PARENT_ID}-${flags}` })
  const [low, high] = ['00000000000000000000000000000001', 'ffffffff000000000000000000000000']

  it.each<[Sampling, begun: boolean, asked: boolean, notAsked: boolean]>([
    [{ sampler: 'parentbased_always_on', ratio: 1 }, true, true, false],
    [{ sampler: 'parentbased_always_off', ratio: 1 }, false, true, false],
    [{ sampler: 'parentbased_traceidratio', ratio: 0 }, false, true, false],
    [{ sampler: 'parentbased_traceidratio', ratio: 1 }, true, true, false],
    [{ sampler: 'always_on', ratio: 0 }, true, true, true],
    [{ sampler: 'always_off', ratio: 1 }, false, false, false],
    [{ sampler: 'traceidratio', ratio: 0 }, false, false, false],
    [{ sampler: 'traceidratio', ratio: 1 }, true, true, true],
  ])('by %j records what begins here: %s; what a caller records: %s; what it does not: %s', async (sampling, begun, asked, notAsked) => {
    expect(await recorded(sampling, {})).toBe(begun)
    expect(await recorded(sampling, of(low, '01'))).toBe(asked)
    expect(await recorded(sampling, of(low, '00'))).toBe(notAsked)
  })

  it("by a share asks the trace's id alone, so that all services record it or none does", async () => {
    const half: Sampling = { sampler: 'traceidratio', ratio: 0.5 }
    expect(await recorded(half, of(low, '00'))).toBe(true)
    expect(await recorded(half, of(high, '01'))).toBe(false)
  })
})

describe('traceHeaders', () => {
  it('carries the active span on', async () => {
    await start()
    inSpan('produce', { parent: { ...sampled, tracestate: 'vendor=1' } }, () => {
      expect(traceHeaders()).toEqual({
        traceparent: `00-${TRACE_ID}-${activeTrace()?.span_id}-01`,
        tracestate: 'vendor=1',
      })
    })
  })

  it('is empty when there is no span', async () => {
    await start()
    expect(traceHeaders()).toEqual({})
  })
})

describe('export', () => {
  it('sends finished spans to the collector, the last ones when tracing stops', async () => {
    const bodies: string[] = []
    const collector = createServer((request, response) => {
      let body = ''
      request.setEncoding('latin1').on('data', (chunk: string) => (body += chunk))
      request.on('end', () => {
        bodies.push(`${request.url} ${body}`)
        response.end()
      })
    })
    await once(collector.listen(0, '127.0.0.1'), 'listening')
    const { port } = collector.address() as AddressInfo
    tracing = await startTracing({ service: 'orders', endpoint: `http://127.0.0.1:${port}/` })
    inSpan('take an order', {}, () => undefined)
    await tracing.stop()
    collector.close()
    expect(bodies).toEqual([expect.stringMatching(/^\/v1\/traces [^]*orders[^]*take an order/)])
  })

  it('tells of spans that it has no room for', async () => {
    const collector = createServer((request, response) => request.resume().on('end', () => response.end()))
    await once(collector.listen(0, '127.0.0.1'), 'listening')
    const { port } = collector.address() as AddressInfo
    const errors: Error[] = []
    tracing = await startTracing({ service: 'orders', endpoint: `http://127.0.0.1:${port}`, onExportError: (error) => errors.push(error) })
    for (let i = 0; i < 10_000; i++) inSpan('take an order', {}, () => undefined)
    await vi.waitFor(() => {
      inSpan('take an order', {}, () => undefined)
      expect(errors).toMatchObject([{ message: expect.stringMatching(/^Dropped \d+ spans/) }])
    }, { timeout: 20_000 })
    await tracing.stop()
    collector.closeAllConnections()
    collector.close()
  }, 30_000)

  it('that fails is told, also while spans have no room because of it', async () => {
    const told: string[] = []
    tracing = await startTracing({ service: 'orders', endpoint: 'http://127.0.0.1:1', onExportError: ({ message }) => told.push(message) })
    for (let i = 0; i < 10_000; i++) inSpan('take an order', {}, () => undefined)
    await vi.waitFor(() => {
      inSpan('take an order', {}, () => undefined)
      expect(told.toSorted()).toEqual([expect.stringMatching(/^Dropped \d+ spans/), expect.stringContaining('ECONNREFUSED')])
    }, { timeout: 30_000 })
  }, 60_000)

  it('that fails is told once, and does not fail the service', async () => {
    const errors: Error[] = []
    const onExportError = (error: Error) => errors.push(error)
    tracing = await startTracing({ service: 'orders', endpoint: 'http://127.0.0.1:1', onExportError })
    inSpan('take an order', {}, () => undefined)
    await tracing.stop()
    expect(errors).toMatchObject([{ message: expect.stringContaining('ECONNREFUSED') }])
  }, 20_000)
})

describe('without anything that receives spans', () => {
  it('ids still flow, and a caller that records stays recorded', async () => {
    tracing = await startTracing({ service: 'test' })
    inSpan('root', {}, (span) => {
      expect(span.isRecording()).toBe(false)
      expect(traceHeaders()['traceparent']).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-00$/)
    })
    inSpan('child', { parent: sampled }, () => {
      expect(traceHeaders()['traceparent']).toMatch(new RegExp(`^00-${TRACE_ID}-[\\da-f]{16}-01$`))
    })
  })

  it('a second start in the same process changes nothing', async () => {
    const exporter = await start()
    const second = await startTracing({ service: 'other' })
    await second.stop()
    inSpan('work', {}, () => undefined)
    expect(exporter.getFinishedSpans()).toHaveLength(1)
  })
})
