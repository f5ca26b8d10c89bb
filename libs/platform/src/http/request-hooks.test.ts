import { SpanStatusCode } from '@opentelemetry/api'
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { metricsRegistry } from '../metrics.js'
import { type Orders, OrdersController, startOrders } from '../orders-service.fixture.js'
import { type Tracing, startTracing } from '../tracing.js'

let tracing: Tracing | undefined
let running: Orders | undefined
afterEach(async () => {
  await running?.service.stop()
  await tracing?.stop()
  running = tracing = undefined
})

const timed = () => metricsRegistry.getSingleMetricAsString('http_server_request_duration_seconds')

const start = async (options?: Parameters<typeof startOrders>[0]) => (running = await startOrders(options))

describe('requests', () => {
  it('are one log line each, with the route and not the URL', async () => {
    const { url, lines } = await start()
    await fetch(`${url}/orders/private-id?email=private-address`)
    await vi.waitFor(() => expect(lines.filter(({ msg }) => msg === 'request')).toHaveLength(1))
    const line = lines.find(({ msg }) => msg === 'request')
    expect(line).toMatchObject({ method: 'GET', route: '/orders/:id', status: 200, ms: expect.any(Number) })
    expect(line?.['trace_id']).toMatch(/^[\da-f]{32}$/)
    expect(JSON.stringify(line)).not.toContain('private')
  })

  it('to health and metrics are neither logged nor timed', async () => {
    const { url, lines } = await start()
    await fetch(`${url}/health/live`)
    await fetch(`${url}/metrics`)
    await fetch(`${url}/orders/7`)
    await vi.waitFor(() => expect(lines.filter(({ msg }) => msg === 'request')).toHaveLength(1))
    expect(await timed()).not.toMatch(/route="\/(health|metrics)/)
  })

  it('whose client goes away are logged as 499', async () => {
    const { url, lines, app } = await start()
    const aborted = new AbortController()
    const answer = fetch(`${url}/orders/never`, { signal: aborted.signal }).catch((error: Error) => error.name)
    await vi.waitFor(() => expect(app.get(OrdersController).waiting).toBe(1))
    aborted.abort()
    expect(await answer).toBe('AbortError')
    await vi.waitFor(() => expect(lines.filter(({ msg }) => msg === 'request')).toHaveLength(1))
    expect(lines.find(({ msg }) => msg === 'request')).toMatchObject({ route: '/orders/never', status: 499 })
  })

  it('are measured by method, route and status', async () => {
    const { url } = await start()
    await fetch(`${url}/orders/measured`)
    await vi.waitFor(async () => {
      const metrics = await (await fetch(`${url}/metrics`)).text()
      expect(metrics).toMatch(
        /http_server_request_duration_seconds_count{method="GET",route="\/orders\/:id",status="200"} \d/,
      )
      expect(metrics).toContain('process_cpu_user_seconds_total')
    })
  })

  it.each([
    ['without a body', (url: string, headers: Record<string, string>) => fetch(`${url}/orders/7`, { headers })],
    [
      'with a body',
      (url: string, headers: Record<string, string>) =>
        fetch(`${url}/orders`, {
          method: 'POST',
          body: '{"amount":7}',
          headers: { ...headers, 'content-type': 'application/json' },
        }),
    ],
  ])('%s continue the trace of their caller', async (_, send) => {
    const exporter = new InMemorySpanExporter()
    tracing = await startTracing({ service: 'orders', processors: [new SimpleSpanProcessor({ exporter })] })
    const { url } = await start()
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    const answer = await send(url, { traceparent: `00-${traceId}-b7ad6b7169203331-01` })
    const { headers } = (await answer.json()) as { headers: Record<string, string> }
    await vi.waitFor(() => expect(exporter.getFinishedSpans()).toHaveLength(1))
    const [span] = exporter.getFinishedSpans()
    expect(headers['traceparent']).toBe(`00-${traceId}-${span?.spanContext().spanId}-01`)
    expect(span).toMatchObject({
      name: expect.stringMatching(/^(GET|POST) \/orders/),
      parentSpanContext: { spanId: 'b7ad6b7169203331' },
      attributes: { 'http.response.status_code': answer.status, 'http.route': expect.any(String), 'url.scheme': 'http' },
      status: { code: SpanStatusCode.UNSET },
    })
  })

  it.each([['boom', 500, { status: { code: SpanStatusCode.ERROR }, attributes: { 'error.type': '500' } }], ['missing', 404, { status: { code: SpanStatusCode.UNSET } }]])('to /orders/%s answered by %d have this in their span', async (path, status, expected) => {
    const exporter = new InMemorySpanExporter()
    tracing = await startTracing({ service: 'orders', processors: [new SimpleSpanProcessor({ exporter })] })
    const { url } = await start()
    expect((await fetch(`${url}/orders/${path}`)).status).toBe(status)
    await vi.waitFor(() => expect(exporter.getFinishedSpans()).toMatchObject([expected]))
  })
})
