import { readFileSync } from 'node:fs'
import type { FraudAlert, OpsAlert } from '@swipestream/contracts'
import { UsageError } from '@swipestream/messaging'
import { toError } from '@swipestream/platform'
import { z } from 'zod'

/** As zod types it; JSON has no `undefined`. */
type Given<T> = { readonly [Field in keyof T]?: T[Field] | undefined }

const moment = z.number().int().min(0).max(8_640_000_000_000_000)
const text = z.string().max(10_000)

const fraudAlert = z.strictObject({
  alert_id: text,
  transaction_id: text,
  card_id: text,
  card_last4: text,
  severity: z.enum(['info', 'warning', 'critical']),
  outcome: z.enum(['approve', 'review', 'decline']),
  score: z.number().int(),
  reasons: z.array(z.strictObject({
    rule_id: text,
    rule_version: z.number().int().default(1),
    weight: z.number().int().default(0),
    text: text.default(''),
    evidence: z.array(z.strictObject({ name: text, value: z.union([z.number(), text]), unit: text.nullable().default(null) })).default([]),
  })),
  amount_minor: z.number().int().min(0),
  currency: text,
  merchant_name: text.nullable(),
  country: text.nullable(),
  terminal_id: text.nullable(),
  occurred_at: moment,
  raised_at: moment,
}).partial() satisfies z.ZodType<Given<FraudAlert>>

const opsAlert = z.strictObject({
  alert_id: text,
  service: text,
  code: text,
  severity: z.enum(['info', 'warning', 'critical']),
  subject: text.nullable(),
  summary: text,
  count: z.number().int().min(1),
  raised_at: moment,
  opened_at: moment.nullable(),
  resolved_at: moment.nullable(),
}).partial() satisfies z.ZodType<Given<OpsAlert>>

/** Fields of a fraud alert; those that the file does not have are the example's. @throws UsageError */
export function readFraudAlert(file: string): Partial<FraudAlert> {
  return given(file, fraudAlert)
}

/** Fields of an ops alert; those that the file does not have are the example's. @throws UsageError */
export function readOpsAlert(file: string): Partial<OpsAlert> {
  return given(file, opsAlert)
}

function given<T>(file: string, schema: z.ZodType<Given<T>>): Partial<T> {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new UsageError(`--alert ${file} cannot be read: ${toError(error).message}`)
  }
  const { data, error } = schema.safeParse(content)
  if (data !== undefined) return data as Partial<T>
  throw new UsageError(`--alert ${file} is no alert: ${error?.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`).join('; ')}`)
}
