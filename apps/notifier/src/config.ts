import { messagingConfig } from '@swipestream/messaging'
import { loadConfig, parseApiKeys, parseVersionedKeys, scopesByVariable, serviceConfig } from '@swipestream/platform'
import { z } from 'zod'
import { isEmailAddress, isPhoneNumber } from './domain/contact.js'
import { parseSender } from './domain/sender.js'
import { parseTrustedProxies } from './http/twilio/trusted-proxies.js'

const positive = (max: number) => z.coerce.number().int().min(1).max(max)

const rate = z.coerce.number().min(0).max(100_000).default(0)

/** Texts separated by commas, of which each must be one of a kind. */
const list = (isOne: (text: string) => boolean, what: string) =>
  z
    .string()
    .default('')
    .transform((text) => text.split(',').map((part) => part.trim()).filter(Boolean))
    .refine((parts) => parts.every(isOne), `must be ${what}, separated by commas`)

const keys = z.string().transform((text, context) => {
  const parsed = parseVersionedKeys(text)
  if (typeof parsed !== 'string') return parsed
  context.addIssue({ code: 'custom', message: `is not valid, ${parsed}` })
  return z.NEVER
})

export const configSchema = z.object({
  ...serviceConfig,
  ...messagingConfig,
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).describe("this service's own PostgreSQL database, e.g. postgres://user:password@host:5432/notifier"),
  DATABASE_POOL_SIZE: positive(500).default(12).describe('how many connections to the database at most'),
  SMTP_URL: z
    .url({ protocol: /^smtps?$/ })
    .describe('the mail server, e.g. smtp://host:587?requireTLS=true, or smtps://host for TLS from the start; user:password@ goes before the host'),
  MAIL_FROM: z
    .string()
    .default('Swipestream <alerts@swipestream.example>')
    .transform((text, context) => {
      const sender = parseSender(text)
      if (sender !== undefined) return sender
      context.addIssue({ code: 'custom', message: 'is not one address' })
      return z.NEVER
    })
    .describe('the sender of e-mails: an address, or a name and the address in angle brackets'),
  EMAIL_CONCURRENCY: positive(200).default(10).describe('how many connections to the mail server at most'),
  TWILIO_ACCOUNT_SID: z
    .string()
    .regex(/^AC[0-9a-fA-F]{32}$/)
    .describe("the account's SID, AC and 32 hexadecimal digits; any will do for the simulator that TWILIO_API_URL names"),
  TWILIO_AUTH_TOKEN: z.string().describe("the account's auth token; any will do for the simulator that TWILIO_API_URL names"),
  TWILIO_FROM: z
    .string()
    .regex(/^(\+[1-9]\d{6,14}|MG[0-9a-fA-F]{32}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11})$/)
    .describe('the sender of SMS: a number with + and country code, a messaging service (MG…), or a sender id of up to 11 letters and digits'),
  TWILIO_API_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("a simulator of Twilio's API, e.g. http://127.0.0.1:4010; leave it out to send real messages"),
  DELIVERY_LEASE_SECONDS: z.coerce
    .number()
    .min(2)
    .max(3_600)
    .default(30)
    .describe("how long a message that is being sent belongs to its instance; a killed instance's messages wait so long, in seconds"),
  EMAIL_PER_SECOND: rate.describe('how many e-mails a second this instance hands over at most; 0: as many as the mail server takes'),
  SMS_PER_SECOND: rate.describe('how many SMS a second this instance hands over at most; 0: as many as Twilio takes'),
  FALLBACK_AFTER_SECONDS: positive(86_400).default(120).describe('how long a way may take to deliver before the next one is tried as well, in seconds'),
  CONTACT_WAIT_SECONDS: positive(72 * 3_600).default(900).describe('how long an alert waits for its customer to be known, in seconds; then it goes to FALLBACK_EMAIL'),
  FALLBACK_EMAIL: z
    .string()
    .refine(isEmailAddress, 'is not one address')
    .optional()
    .describe('the desk of the bank that gets alerts of customers nobody knows how to reach; an ops alert tells of them in any case'),
  ON_CALL_EMAILS: list(isEmailAddress, 'e-mail addresses').describe('whom ops alerts go to, addresses separated by commas'),
  ON_CALL_PHONES: list(isPhoneNumber, 'numbers with + and country code').describe('who also gets critical ops alerts by SMS, numbers separated by commas'),
  DIGEST_AFTER: positive(1_000).default(4).describe('how many alerts of a card have messages of their own within DIGEST_SECONDS; later ones share one'),
  DIGEST_SECONDS: positive(86_400).default(600).describe('for how long the alerts of a card are counted, and how long a shared message waits for more, in seconds'),
  OPS_GROUP_SECONDS: positive(86_400).default(300).describe('for how long ops alerts of the same service and code share one message after the first, in seconds'),
  QUESTION_TTL_HOURS: positive(720).default(72).describe('how long the question of an alert can be answered, in hours'),
  KEEP_DAYS: z.coerce
    .number()
    .int()
    .min(100)
    .max(3_650)
    .default(400)
    .describe('how long what was told is kept, in days; at least 100, as `fraud_alerts` has alerts for 90 days, and one read again must be known'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .describe('where customers and Twilio reach this service, e.g. https://alerts.bank.example: links in e-mails begin with it'),
  TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform((text, context) => {
      const parsed = parseTrustedProxies(text)
      if (typeof parsed !== 'string') return parsed
      context.addIssue({ code: 'custom', message: `is not valid, ${parsed}` })
      return z.NEVER
    })
    .describe('addresses and networks (CIDR) of proxies whose X-Forwarded headers are believed, separated by commas; none when empty'),
  ANSWER_KEYS: keys.describe('secrets that sign the links in e-mails, <version>:<base64 of 32 bytes or more>, separated by commas; the highest version signs. Make one with: openssl rand -base64 32'),
  CUSTOMER_TOKEN_KEYS: keys.describe("secrets that the bank's login signs customers' tokens with (JWT, HS256, `kid` is the version), <version>:<base64 of 32 bytes or more>, separated by commas"),
  NOTIFIER_API_KEYS: z
    .string()
    .transform((text, context) => {
      const parsed = parseApiKeys(text, scopesByVariable.NOTIFIER_API_KEYS)
      if (typeof parsed !== 'string') return parsed
      context.addIssue({ code: 'custom', message: `is not valid, ${parsed}` })
      return z.NEVER
    })
    .describe(`who may silence ops alerts, <client>:<sha256 hex of the key>:<scope>[+<scope>], separated by commas; scopes are ${scopesByVariable.NOTIFIER_API_KEYS.join(', ')}. Make an entry with: npm run api-key -- <client> <scopes>`),
  TEMPLATES_DIR: z.string().optional().describe("a directory with texts of one's own instead of those that are shipped; read again when they change"),
  SMS_CONCURRENCY: positive(200).default(20).describe('how many requests to Twilio at the same time at most'),
})

export type NotifierConfig = Readonly<z.output<typeof configSchema>>

/** What the configuration is injected by. */
export const CONFIG = Symbol('notifier configuration')

/** The environment of this process, checked. @throws CodedError CONFIG_INVALID */
export function configFromEnvironment(): NotifierConfig {
  return loadConfig(configSchema, process.env)
}
