import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { cardNumbers } from './card-numbers.js'

/** What the load generator is told, as JSON in its first argument. */
export interface LoadOptions {
  /** Of the instances of the API; connections take turns. */
  readonly ports: readonly number[]
  readonly apiKey: string
  /** Requests that are open at a time, each on a connection of its own. */
  readonly connections: number
  readonly seconds: number
}

/** What it prints at its end, as JSON. */
export interface LoadResult {
  /** Answers by status, of the requests answered within the time. */
  readonly statuses: Readonly<Record<string, number>>
  /** From the first request to the last answer that counts. */
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly cpuMicros: number
}

/** What any connection reads, until its text is taken out. */
const incoming = Buffer.allocUnsafe(65_536)

/**
 * Posts swipes as fast as they are answered. It shares its machine with what it measures, so it does no more than it
 * must: it writes bytes to sockets, and of an answer it reads the status and the length.
 */
async function load({ ports, apiKey, connections, seconds }: LoadOptions): Promise<LoadResult> {
  const run = randomUUID()
  const statuses: Record<string, number> = {}
  const latencies: number[] = []
  const begun = performance.now()
  const deadline = begun + seconds * 1_000
  let last = begun
  let sequence = 0

  const head = `POST /v1/transactions HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${apiKey}\r\ncontent-type: application/json\r\nidempotency-key: ${run}-`
  const request = (): string => {
    const n = ++sequence
    const body = bodies[n % bodies.length] as string
    return `${head}${n}\r\ncontent-length: ${body.length}\r\n\r\n${body}`
  }
  const client = (_: unknown, index: number) =>
    new Promise<void>((resolve, reject) => {
      let sentAt = 0
      let received = ''
      const send = () => {
        sentAt = performance.now()
        socket.write(request(), 'latin1')
      }
      const read = (bytes: number): void => {
        received += incoming.toString('latin1', 0, bytes)
        const headEnd = received.indexOf('\r\n\r\n')
        if (headEnd < 0) return
        const length = Number(/content-length: (\d+)/i.exec(received)?.[1])
        if (received.length < headEnd + 4 + length) return
        const status = received.slice(9, 12)
        received = ''
        const now = performance.now()
        if (now > deadline) return void socket.end()
        statuses[status] = (statuses[status] ?? 0) + 1
        latencies.push(now - sentAt)
        last = now
        send()
      }
      const callback = (bytes: number): boolean => {
        read(bytes)
        return true // go on reading
      }
      // All read into one buffer, without a stream.
      const socket = connect({ port: ports[index % ports.length] as number, host: '127.0.0.1', noDelay: true, onread: { buffer: incoming, callback } })
      socket.on('connect', send)
      socket.on('error', reject)
      socket.on('close', () => resolve())
    })
  await Promise.all(Array.from({ length: connections }, client))

  latencies.sort((a, b) => a - b)
  const percentile = (p: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * p))] ?? Number.NaN
  const { user, system } = process.cpuUsage()
  return { statuses, seconds: (last - begun) / 1_000, p50Ms: percentile(0.5), p99Ms: percentile(0.99), cpuMicros: user + system }
}

const bodies = cardNumbers(1_000).map((card_number, i) =>
  JSON.stringify({
    card_number,
    amount_minor: 100 + i,
    currency: 'EUR',
    merchant_id: `M-${20_000 + (i % 500)}`,
    merchant_name: 'Cafe Central',
    merchant_category: '5812',
    terminal_id: `T-${i % 700}`,
    entry_mode: 'chip',
    place: { latitude: 48.2104, longitude: 16.3655 },
    country: 'AT',
    occurred_at: '2026-01-31T12:34:56.789+01:00',
  }),
)

process.stdout.write(JSON.stringify(await load(JSON.parse(process.argv[2] ?? '') as LoadOptions)))
