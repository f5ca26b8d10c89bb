import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A span as a collector gets it. Ids are in hex; `parentId` is empty for a root. */
export interface ReceivedSpan {
  readonly service: string
  readonly traceId: string
  readonly spanId: string
  readonly parentId: string
  readonly name: string
  /** https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto: 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number
  /** Nanoseconds since the Unix epoch. */
  readonly start: bigint
  readonly end: bigint
}

/** A collector of traces that only remembers them. */
export interface OtlpReceiver {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly url: string
  /** What came so far of one trace. */
  spansOf(traceId: string): ReceivedSpan[]
  close(): Promise<void>
}

/** Listens for OTLP over HTTP, in protobuf. */
export async function otlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = []
  const server = createServer((request, response) => {
    bodyOf(request).then(
      (body) => {
        spans.push(...spansIn(body))
        response.end()
      },
      () => response.destroy(),
    )
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spansOf: (traceId) => spans.filter((span) => span.traceId === traceId),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** The numbers of the fields of OTLP's messages, as the proto files have them. */
const field = {
  request: { resourceSpans: 1 },
  resourceSpans: { resource: 1, scopeSpans: 2 },
  resource: { attributes: 1 },
  scopeSpans: { spans: 2 },
  span: { traceId: 1, spanId: 2, parentSpanId: 4, name: 5, kind: 6, start: 7, end: 8 },
  keyValue: { key: 1, value: 2 },
  anyValue: { string: 1 },
} as const

function spansIn(request: Buffer): ReceivedSpan[] {
  return parts(request, field.request.resourceSpans).flatMap((resourceSpans) => {
    const attributes = parts(resourceSpans, field.resourceSpans.resource).flatMap((resource) => parts(resource, field.resource.attributes))
    const named = attributes.find((attribute) => text(attribute, field.keyValue.key) === 'service.name')
    const service = named === undefined ? '' : text(parts(named, field.keyValue.value)[0] ?? Buffer.alloc(0), field.anyValue.string)
    return parts(resourceSpans, field.resourceSpans.scopeSpans)
      .flatMap((scope) => parts(scope, field.scopeSpans.spans))
      .map((span) => ({
        service,
        traceId: hex(span, field.span.traceId),
        spanId: hex(span, field.span.spanId),
        parentId: hex(span, field.span.parentSpanId),
        name: text(span, field.span.name),
        kind: Number(numberIn(span, field.span.kind)),
        start: numberIn(span, field.span.start),
        end: numberIn(span, field.span.end),
      }))
  })
}

function parts(message: Buffer, wanted: number): Buffer[] {
  return fieldsOf(message).flatMap(([number, value]) => (number === wanted && Buffer.isBuffer(value) ? [value] : []))
}

function text(message: Buffer, wanted: number): string {
  return String(parts(message, wanted)[0] ?? '')
}

function hex(message: Buffer, wanted: number): string {
  return parts(message, wanted)[0]?.toString('hex') ?? ''
}

function numberIn(message: Buffer, wanted: number): bigint {
  const found = fieldsOf(message).find(([number]) => number === wanted)?.[1]
  return typeof found === 'bigint' ? found : 0n
}

/** The fields of a message: https://protobuf.dev/programming-guides/encoding/. @throws Error when it is none */
function fieldsOf(message: Buffer): [number: number, value: Buffer | bigint][] {
  const fields: [number, Buffer | bigint][] = []
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = message.readUInt8(at++)
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  const bytes = (length: number): Buffer => {
    const from = at
    at += length
    if (at > message.length) throw new Error('the message ends within a field')
    return message.subarray(from, at)
  }
  while (at < message.length) {
    const tag = Number(varint())
    const number = tag >> 3
    switch (tag & 7) {
      case 0:
        fields.push([number, varint()])
        break
      case 1:
        fields.push([number, bytes(8).readBigUInt64LE()])
        break
      case 2:
        fields.push([number, bytes(Number(varint()))])
        break
      case 5:
        fields.push([number, BigInt(bytes(4).readUInt32LE())])
        break
      default:
        throw new Error(`protobuf has no wire type ${tag & 7}`)
    }
  }
  return fields
}
