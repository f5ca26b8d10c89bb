import { uuidv7 } from '@swipestream/contracts'
import { type Outcome, type Output, runCommand, UsageError } from '@swipestream/messaging'
import { loadConfig } from '@swipestream/platform'
import type { MessageChannel } from '../../app/channels/channel.js'
import { emailChannel } from '../../app/channels/email.channel.js'
import { smsChannel } from '../../app/channels/sms.channel.js'
import { loadTexts, shippedDirectory } from '../../app/texts/load.js'
import { configSchema } from '../../config.js'
import { isEmailAddress, isPhoneNumber } from '../../domain/contact.js'
import { exampleAlert } from '../../domain/example-alert.js'
import type { SendFailure } from '../../domain/failure.js'

/** What it does, in the list of commands. */
export const summary = 'send one example alert by the real channel'

const help = `Usage: npm run notify -- send-test --channel email|sms --to ADDRESS [--language TAG]

Sends one example alert, of a payment that never was, by the real channel, and says what the provider answered. The
ledger does not have it.

  --channel NAME   email or sms
  --to ADDRESS     an e-mail address, or a number with + and country code
  --language TAG   of the text, such as de; English unless told
  --json           print one JSON object as the last line; "broken" has the provider's code and reason
  --help           print this

Reads what the service itself has in its environment: SMTP_URL and MAIL_FROM, or TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN,
TWILIO_FROM, TWILIO_API_URL and PUBLIC_URL.

Exit code: 0 the provider accepted it, 1 it did not, 2 wrong use.`

const options = { channel: { type: 'string' }, to: { type: 'string' }, language: { type: 'string' } } as const

interface Values {
  readonly channel?: string | undefined
  readonly to?: string | undefined
  readonly language?: string | undefined
}

/** How long the provider may take, in milliseconds. */
const patienceMs = 60_000

const channels: Readonly<Record<string, { readonly takes: (to: string) => boolean; readonly what: string; readonly open: (env: NodeJS.ProcessEnv) => MessageChannel }>> = {
  email: { takes: isEmailAddress, what: 'an e-mail address', open: email },
  sms: { takes: isPhoneNumber, what: 'a number with + and country code', open: sms },
}

/** Runs `notify send-test`; the exit code. */
export function run(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<number> {
  return runCommand({ script: 'notify', help, options, perform: (_, names, values, progress) => perform(names, values, env, progress) }, ['send-test', ...args], output)
}

async function perform(names: readonly string[], { channel: name = '', to, language: tag }: Values, env: NodeJS.ProcessEnv, progress: (line: string) => void): Promise<Outcome> {
  if (names.length > 0) throw new UsageError(`send-test takes no names: ${names.join(' ')}`)
  const known = Object.hasOwn(channels, name) ? channels[name] : undefined
  if (!known) throw new UsageError('--channel must be email or sms')
  if (to === undefined || !known.takes(to)) throw new UsageError(`--to must be ${known.what}`)
  const language = tag ?? null
  if (language !== null && !isLanguage(language)) throw new UsageError(`--language must be a tag such as en or pt-BR, not ${language}`)
  const channel = known.open(env)
  const id = uuidv7()
  const alert = exampleAlert({ alert_id: id, transaction_id: id, occurred_at: Date.now(), raised_at: Date.now() })
  progress(`sending an example alert by ${name}`)
  try {
    const answer = await channel.send({ id, recipient: to, content: { kind: 'alert', alert, question: null }, addressee: { given_name: null, time_zone: null, language } }, AbortSignal.timeout(patienceMs))
    return { lines: [`the provider accepted it as ${answer}`], json: { channel: name, provider_message_id: answer, broken: [] } }
  } catch (error) {
    return refused(name, channel.failureOf(error))
  } finally {
    channel.close()
  }
}

const advice: Readonly<Record<SendFailure['scope'], string>> = {
  final: 'the service would give this recipient up',
  message: 'the service would try this message again',
  channel: 'the service would stop sending by this channel for a while',
}

function refused(channel: string, { scope, code, reason, wrongVariable }: SendFailure): Outcome {
  const message = `${reason}; ${wrongVariable === undefined ? advice[scope] : `correct ${wrongVariable}`}`
  return { lines: [`${code}: ${message}`], json: { channel, provider_message_id: null, broken: [{ rule: code, message }] } }
}

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

function email(env: NodeJS.ProcessEnv): MessageChannel {
  const config = loadConfig(configSchema.pick({ SMTP_URL: true, MAIL_FROM: true, TEMPLATES_DIR: true }), env)
  return emailChannel({ url: config.SMTP_URL, from: config.MAIL_FROM, concurrency: 1, texts: loadTexts(config.TEMPLATES_DIR ?? shippedDirectory) })
}

function sms(env: NodeJS.ProcessEnv): MessageChannel {
  const config = loadConfig(configSchema.pick({ TWILIO_ACCOUNT_SID: true, TWILIO_AUTH_TOKEN: true, TWILIO_FROM: true, TWILIO_API_URL: true, PUBLIC_URL: true, TEMPLATES_DIR: true }), env)
  return smsChannel({
    accountSid: config.TWILIO_ACCOUNT_SID,
    authToken: config.TWILIO_AUTH_TOKEN,
    from: config.TWILIO_FROM,
    apiUrl: config.TWILIO_API_URL,
    concurrency: 1,
    // The service knows no such delivery, and lets the report be.
    statusCallback: (deliveryId) => `${config.PUBLIC_URL}/v1/twilio/status?delivery=${deliveryId}`,
    texts: loadTexts(config.TEMPLATES_DIR ?? shippedDirectory),
  })
}
