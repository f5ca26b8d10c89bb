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
