import { messagingConfig } from '@swipestream/messaging'
import { loadConfig, serviceConfig } from '@swipestream/platform'
import { z } from 'zod'
import { parseSender } from './domain/sender.js'

const positive = (max: number) => z.coerce.number().int().min(1).max(max)

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
  SMS_CONCURRENCY: positive(200).default(20).describe('how many requests to Twilio at the same time at most'),
})

export type NotifierConfig = Readonly<z.output<typeof configSchema>>

/** What the configuration is injected by. */
export const CONFIG = Symbol('notifier configuration')

/** The environment of this process, checked. @throws CodedError CONFIG_INVALID */
export function configFromEnvironment(): NotifierConfig {
  return loadConfig(configSchema, process.env)
}
