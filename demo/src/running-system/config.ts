import { type ConnectionConfig, connectionConfig } from '@swipestream/messaging'
import { tokensWith } from '../system/environment.js'

/** A system that somebody else has started, as docker compose does. */
export interface RunningSystem {
  readonly kafka: ConnectionConfig
  readonly apiUrl: string
  readonly apiKey: string
  /** The card's token: what transactions-api makes of a card number. */
  readonly tokenOf: (cardNumber: string) => string
  /** The bank's database, which etl-loader reads; null where customers and cards are written to their topics directly. */
  readonly bankUrl: string | null
  /** The simulator of Twilio; null where SMS are real. */
  readonly sms: { readonly url: string; readonly account: string; readonly token: string } | null
  /** Addresses a person can open: what is asked from inside may have another name outside. */
  readonly pages: { readonly api: string; readonly mailbox: string; readonly sms: string }
}

/** @throws Error with one line for each variable that is missing; CodedError CONFIG_INVALID for those that are wrong */
export function runningSystem(env: NodeJS.ProcessEnv): RunningSystem {
  const missing: string[] = []
  const text = (name: string): string => {
    const value = env[name]
    if (!value) missing.push(`  ${name} is not set`)
    return value ?? ''
  }
  text('KAFKA_BROKERS')
  text('SCHEMA_REGISTRY_URL')
  const system = {
    apiUrl: text('API_URL'),
    apiKey: text('API_KEY'),
    tokenOf: tokensWith(text('CARD_TOKEN_KEYS')),
    bankUrl: env['BANK_URL'] || null,
    sms: env['TWILIO_API_URL'] ? { url: env['TWILIO_API_URL'], account: text('TWILIO_ACCOUNT_SID'), token: text('TWILIO_AUTH_TOKEN') } : null,
    pages: { api: text('API_PAGE'), mailbox: text('MAILBOX_PAGE'), sms: text('SMS_PAGE') },
  }
  if (missing.length > 0) throw new Error(`The environment does not tell where the system is:\n${missing.join('\n')}`)
  return { ...system, kafka: connectionConfig(env) }
}

/** How much traffic there is, and where it says whether it flows. */
export interface TrafficSettings {
  readonly perSecond: number
  readonly host: string
  readonly port: number
}

const leastPerSecond = 0.01
const mostPerSecond = 1_000

/** @throws Error that names the variable that is wrong */
export function trafficSettings(env: NodeJS.ProcessEnv): TrafficSettings {
  const perSecond = Number(env['SWIPES_PER_SECOND'] || '2')
  const port = Number(env['HTTP_PORT'] || '0')
  const wrong: string[] = []
  if (!(perSecond >= leastPerSecond && perSecond <= mostPerSecond)) wrong.push(`  SWIPES_PER_SECOND must be a number from ${leastPerSecond} to ${mostPerSecond}`)
  if (!(Number.isInteger(port) && port >= 0 && port <= 65_535)) wrong.push('  HTTP_PORT must be a port number')
  if (wrong.length > 0) throw new Error(`The environment is not valid:\n${wrong.join('\n')}`)
  return { perSecond, host: env['HTTP_HOST'] || '127.0.0.1', port }
}
