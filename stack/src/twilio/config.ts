import { routeFrom } from './route.js'
import { isWebAddress } from './send-request.js'
import type { SimulatorOptions } from './simulator.js'

export interface SimulatorConfig extends SimulatorOptions {
  host: string
  port: number
}

/**
 * The simulator's settings from the environment.
 *
 * @throws Error with one line for each variable that is wrong
 */
export function simulatorConfig(env: NodeJS.ProcessEnv): SimulatorConfig {
  const wrong: string[] = []
  const text = (name: string, pattern: RegExp, fix: string): string => {
    const value = env[name] ?? ''
    if (!pattern.test(value)) wrong.push(`${name}: ${fix}`)
    return value
  }
  const whole = (name: string, fallback: number): number => {
    const value = Number(env[name] ?? fallback)
    if (!Number.isSafeInteger(value) || value < 0) wrong.push(`${name}: must be a whole number, 0 or more`)
    return value
  }
  const inboundUrl = env.TWILIO_SIMULATOR_INBOUND_URL || undefined
  if (inboundUrl !== undefined && !isWebAddress(inboundUrl)) wrong.push('TWILIO_SIMULATOR_INBOUND_URL: must be a web address, such as http://127.0.0.1:3002/v1/twilio/inbound')
  const route = routeFrom(env.TWILIO_SIMULATOR_ROUTE ?? '')
  if (env.TWILIO_SIMULATOR_ROUTE && route === undefined) wrong.push('TWILIO_SIMULATOR_ROUTE: must be <public address>=<address>, such as http://127.0.0.1:3002=http://notifier:3000')
  const config: SimulatorConfig = {
    host: env.HTTP_HOST ?? '127.0.0.1',
    port: whole('HTTP_PORT', 4010),
    accountSid: text('TWILIO_ACCOUNT_SID', /^AC[0-9a-fA-F]{32}$/, 'must be AC and 32 hexadecimal digits; any will do'),
    authToken: text('TWILIO_AUTH_TOKEN', /^\S+$/, 'must be set; any secret will do'),
    statusDelayMs: whole('TWILIO_SIMULATOR_STATUS_DELAY_MS', 100),
    maxPerSecond: whole('TWILIO_SIMULATOR_MAX_PER_SECOND', 0),
    keep: whole('TWILIO_SIMULATOR_KEEP', 50_000),
    ...(env.TWILIO_FROM ? { from: env.TWILIO_FROM } : {}),
    ...(inboundUrl === undefined ? {} : { inboundUrl }),
    ...(route === undefined ? {} : { route }),
    ...(env.TWILIO_SIMULATOR_JOURNAL ? { journal: env.TWILIO_SIMULATOR_JOURNAL } : {}),
  }
  if (wrong.length > 0) throw new Error(`the Twilio simulator cannot start:\n${wrong.map((line) => `  ${line}`).join('\n')}`)
  return config
}
