import {
  type Attributes,
  type Context,
  DiagLogLevel,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  context,
  diag,
  propagation,
  trace,
} from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator, setGlobalErrorHandler } from '@opentelemetry/core'
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { toError } from './errors.js'
import { redactText } from './redaction.js'
import { type Sampling, samplerOf } from './sampling.js'

export { SpanKind } from '@opentelemetry/api'
export type { Attributes, Link, Span } from '@opentelemetry/api'

/** String headers as HTTP and Kafka carry them; a repeated HTTP header is an array. */
export type CarrierHeaders = Readonly<Record<string, string | string[] | undefined>>

export interface TracingOptions {
  /** The `service.name` of every span. */
  service: string
  /** The base address of an OTLP/HTTP collector; without it spans only carry ids on to headers and logs. */
  endpoint?: string | undefined
  /** Which traces are recorded where somebody receives spans; each that begins here, when left out. */
  sampling?: Sampling | undefined
  /** More receivers of finished spans, e.g. an in-memory one in a test. */
  processors?: readonly SpanProcessor[]
  /** Told that spans could not be exported, or have no room; each at most once a minute. They are dropped: tracing never holds work up. */
  onExportError?: (error: Error) => void
}

export interface Tracing {
  /** Exports what is pending (a few seconds at most) and switches tracing off. */
  stop(): Promise<void>
}

const EXPORT_ERROR_EVERY_MS = 60_000

/**
 * Spans that wait for their export, and how many go in one request. A batch of 1,000 records ends some thousands of spans
 * in one turn of the event loop; they take about 2 kB each.
 */
const room = { maxQueueSize: 8_192, maxExportBatchSize: 1_024 }

const TRACER = '@swipestream/platform'

/** Whether anybody receives spans: without that, what only they would show is not made. */
let received = false

/**
 * Switches tracing on for this process: AsyncLocalStorage context, W3C headers, OTLP export when there is an endpoint.
 *
 * The OpenTelemetry API holds one provider a process: while one is active, a second call changes nothing and its
 * `stop` does nothing.
 */
export async function startTracing(options: TracingOptions): Promise<Tracing> {
  const { service, endpoint, sampling, processors = [], onExportError } = options
  const all = endpoint === undefined ? [...processors] : [...processors, await exporterTo(endpoint)]
  const provider = new TracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ 'service.name': service })),
    // Where nobody receives spans, none is recorded: an id pair costs a fraction of a recorded span, and a parent's
    // decision to record is passed on unchanged all the same.
    sampler: samplerOf(all.length === 0 ? { sampler: 'parentbased_always_off', ratio: 0 } : (sampling ?? { sampler: 'parentbased_always_on', ratio: 1 })),
    spanProcessors: all,
  })
  if (!trace.setGlobalTracerProvider(provider)) return { stop: () => Promise.resolve() }
  received = all.length > 0

  const telling = (): ((error: unknown) => void) => atMostEvery(EXPORT_ERROR_EVERY_MS, (error: unknown) => onExportError?.(toError(error)))
  const onError = telling()
  setGlobalErrorHandler(onError)
  // What is dropped, as there is no room for it, is told here only; and it must not keep silent why there is none.
  const onWarning = telling()
  const silent = (): void => undefined
  diag.setLogger({ error: (message) => onError(new Error(message)), warn: (message) => onWarning(new Error(message)), info: silent, debug: silent, verbose: silent }, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true })
  const contextManager = new AsyncLocalStorageContextManager().enable()
  context.setGlobalContextManager(contextManager)
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  return {
    async stop() {
      await provider.shutdown().catch(onError)
      received = false
      trace.disable()
      diag.disable()
      context.disable()
      propagation.disable()
    },
  }
}

function atMostEvery<T>(ms: number, act: (value: T) => void): (value: T) => void {
  let next = 0
  return (value) => {
    const now = Date.now()
    if (now < next) return
    next = now + ms
    act(value)
  }
}

async function exporterTo(endpoint: string): Promise<SpanProcessor> {
  // Imported only when used: the exporter with its protobuf code is the larger half of tracing.
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-proto')
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces`, timeoutMillis: 5_000 })
  return new BatchSpanProcessor({ exporter, ...room })
}

const getter: TextMapGetter<CarrierHeaders> = {
  get: (headers, key) => headers[key],
  keys: (headers) => Object.keys(headers),
}

/** The context a message or request brings in its headers (`traceparent`, `tracestate`); a fresh one when it has none. */
export function contextFrom(headers: CarrierHeaders): Context {
  return headers['traceparent'] === undefined ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, headers, getter)
}

/**
 * Links to the spans that produced the messages of a batch, for `inSpan`'s `links`: a batch has many parents, so it
 * starts a trace of its own. One link a producing span; at most `limit`. None where nobody receives spans.
 */
export function linksTo(headers: Iterable<CarrierHeaders>, limit = 128): Link[] {
  if (!received) return []
  const links = new Map<string, Link>()
  for (const carrier of headers) {
    if (links.size >= limit) break
    const spanContext = trace.getSpanContext(contextFrom(carrier))
    if (spanContext) links.set(spanContext.traceId + spanContext.spanId, { context: spanContext })
  }
  return [...links.values()]
}

export interface SpanOptions {
  kind?: SpanKind
  /** Headers to continue a trace from; without it the active span is the parent. */
  parent?: CarrierHeaders
  attributes?: Attributes
  links?: Link[]
}

/**
 * Runs `fn` in a new span, which ends when `fn` returns or its promise settles; an error is recorded and thrown on.
 * What `fn` calls, across awaits, sees the span as active.
 */
export function inSpan<T>(name: string, options: SpanOptions, fn: (span: Span) => T): T {
  const parent = options.parent === undefined ? context.active() : contextFrom(options.parent)
  const span = trace.getTracer(TRACER).startSpan(
    name,
    {
      kind: options.kind ?? SpanKind.INTERNAL,
      ...(options.attributes && { attributes: options.attributes }),
      ...(options.links && { links: options.links }),
    },
    parent,
  )
  let result: T
  try {
    result = context.with(trace.setSpan(parent, span), fn, undefined, span)
  } catch (error) {
    failSpan(span, error)
    throw error
  }
  if (!(result instanceof Promise)) {
    span.end()
    return result
  }
  return result.then(
    (value: unknown) => {
      span.end()
      return value
    },
    (error: unknown) => {
      failSpan(span, error)
      throw error
    },
  ) as T
}

/** Something with the headers that it came with, or goes with. */
export interface Carried {
  readonly headers: Readonly<Record<string, Buffer | string>>
}

/**
 * Runs `fn` in one span for each of several things that are worked at together, each a part of the trace that its own
 * headers bring; none of them is the active one. `fn` gets the things with the headers by which their traces go on from
 * these spans. What brings no trace, or one that is not recorded, has no span, and keeps its headers.
 *
 * A rejection is recorded in all of them.
 */
export async function inSpanEach<C extends Carried, T>(
  things: readonly C[],
  nameAndOptions: (thing: C) => Omit<SpanOptions, 'parent'> & { name: string },
  fn: (things: readonly C[]) => Promise<T>,
): Promise<T> {
  if (!received) return fn(things)
  const spans: Span[] = []
  const carried = things.map((thing) => {
    const { traceparent, tracestate } = thing.headers
    if (typeof traceparent !== 'string') return thing
    const parent = contextFrom({ traceparent, ...(typeof tracestate === 'string' && { tracestate }) })
    const { name, kind = SpanKind.INTERNAL, ...options } = nameAndOptions(thing)
    const span = trace.getTracer(TRACER).startSpan(name, { kind, ...options }, parent)
    if (!span.isRecording()) return thing
    spans.push(span)
    const headers = { ...thing.headers }
    propagation.inject(trace.setSpan(parent, span), headers)
    return { ...thing, headers }
  })
  try {
    const result = await fn(carried)
    for (const span of spans) span.end()
    return result
  } catch (error) {
    for (const span of spans) failSpan(span, error)
    throw error
  }
}

/** What an error says may be personal, as what is logged of it may: it leaves the process in the same words. */
function failSpan(span: Span, thrown: unknown): void {
  if (span.isRecording()) {
    const error = toError(thrown)
    const type = 'code' in error && typeof error.code === 'string' ? error.code : error.name
    const message = redactText(error.message)
    span.recordException({ code: type, message, stack: redactText(error.stack ?? '') })
    markFailed(span, type, message)
  }
  span.end()
}

/** Says of a span that its work has failed, for whoever deals with that and throws nothing. @param type of error, of which there are few: a code */
export function markFailed(span: Span, type: string, message?: string): void {
  span.setAttribute('error.type', type)
  span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) })
}

/** The active span as headers to send with a message or request; empty when there is none. */
export function traceHeaders(): Record<string, string> {
  const headers: Record<string, string> = {}
  propagation.inject(context.active(), headers)
  return headers
}

/** The ids of the active span for a log line, undefined when there is none. */
export function activeTrace(): { trace_id: string; span_id: string } | undefined {
  const spanContext = trace.getActiveSpan()?.spanContext()
  return spanContext && { trace_id: spanContext.traceId, span_id: spanContext.spanId }
}

/**
 * Attribute names of OpenTelemetry's messaging semantic conventions, for spans named `<operation> <destination>`. The
 * record's key is none of them here: it may be a person's.
 * https://opentelemetry.io/docs/specs/semconv/messaging/kafka/
 */
export const messagingAttributes = {
  system: 'messaging.system',
  operationName: 'messaging.operation.name',
  operationType: 'messaging.operation.type',
  destination: 'messaging.destination.name',
  partition: 'messaging.destination.partition.id',
  consumerGroup: 'messaging.consumer.group.name',
  batchSize: 'messaging.batch.message_count',
  offset: 'messaging.kafka.offset',
} as const
