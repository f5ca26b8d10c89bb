import { KafkaStrategy } from '@swipestream/messaging'
import { eventually } from '@swipestream/messaging/testing'
import { createLogger, loadConfig, startService, type RunningService } from '@swipestream/platform'
import { createHash, randomBytes } from 'node:crypto'
import { Writable } from 'node:stream'
import { Client } from 'pg'
import { AppModule } from '../src/app.module.js'
import { configSchema } from '../src/config.js'
import { bodyLimit, setUpHttp } from '../src/http/setup.js'
import type { TransactionView } from '../src/http/transaction-view.js'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const everything = 'transactions:write+transactions:read+feedback:write'

/** Keys of two clients, each with every scope. */
export const keys = { till: 'key-of-till', shop: 'key-of-shop' }

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: TransactionView & { readonly code?: string; readonly errors?: { readonly field: string }[] }
}

/** The whole service in this process, on real servers. */
export interface TestApi {
  readonly url: string
  /** Every line it logged. */
  readonly log: readonly string[]
  readonly service: RunningService
  post(body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>
  get(id: string): Promise<Answer>
  /** Asks for any other page of this service. */
  page(path: string): Promise<Answer>
  /** Says what a transaction was. */
  say(id: string, feedback: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** Text of /health/ready, empty when ready. */
  notReady(): Promise<string>
  metric(name: string, labels?: string): Promise<number>
  stop(): Promise<void>
}

export async function startApi(env: Readonly<Record<string, string>>, { ready = true } = {}): Promise<TestApi> {
  const config = loadConfig(configSchema, {
    CARD_TOKEN_KEYS: `1:${randomBytes(32).toString('base64')}`,
    API_KEYS: `till:${sha256(keys.till)}:${everything},shop:${sha256(keys.shop)}:${everything}`,
    LOG_LEVEL: 'debug',
    ...env,
  })
  const log: string[] = []
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log.push(chunk.toString())
      done()
    },
  })
  const service = await startService({
    name: 'transactions-api',
    module: AppModule.of(config),
    config,
    bodyLimit,
    strategy: (app) => app.get(KafkaStrategy),
    setup: setUpHttp,
    ownsProcess: false,
    logger: createLogger({ service: 'transactions-api', level: 'debug', destination }),
  })
  const { url } = service
  const answerOf = async (response: Response): Promise<Answer> => {
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as Answer['body'] }
  }
  const send = async (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    answerOf(
      await fetch(url + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${keys.till}`, 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    )
  const api: TestApi = {
    url,
    log,
    service,
    post: (body, headers) => send('/v1/transactions', body, headers),
    say: (id, feedback, headers) => send(`/v1/transactions/${id}/feedback`, feedback, headers),
    get: (id) => api.page(`/v1/transactions/${id}`),
    page: async (path) => answerOf(await fetch(url + path, { headers: { authorization: `Bearer ${keys.till}` } })),
    async notReady() {
      const response = await fetch(`${url}/health/ready`)
      return response.status === 200 ? '' : await response.text()
    },
    async metric(name, labels = '') {
      const text = await (await fetch(`${url}/metrics`)).text()
      const line = text.split('\n').find((each) => each.startsWith(`${name}${labels} `))
      return Number(line?.split(' ').at(-1) ?? Number.NaN)
    },
    stop: () => service.stop(),
  }
  if (ready) await eventually(async () => (await api.notReady()) === '')
  return api
}

/** Runs statements on a session of its own. */
export async function withSession<T>(url: string, work: (session: Client) => Promise<T>): Promise<T> {
  const session = new Client({ connectionString: url })
  // A test may end the session from the other side.
  session.on('error', () => undefined)
  await session.connect()
  try {
    return await work(session)
  } finally {
    await session.end()
  }
}

export async function query<Row>(url: string, sql: string, values: unknown[] = []): Promise<Row[]> {
  return withSession(url, async (session) => (await session.query(sql, values)).rows as Row[])
}
