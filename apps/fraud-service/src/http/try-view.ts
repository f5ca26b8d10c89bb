import { z } from 'zod'
import { ruleFieldErrorSchema } from './problem-schema.js'

const evidence = z.object({ name: z.string(), value: z.union([z.number(), z.string()]), unit: z.string().nullable() })

/** What a tried draft came to. */
export const triedView = z.object({
  valid: z.boolean().meta({ description: 'Whether it could be put as it is.', example: true }),
  problems: z.array(ruleFieldErrorSchema).meta({ description: 'All that is wrong with it, or with the values.', example: [] }),
  measures: z
    .array(z.object({ name: z.string(), type: z.enum(['number', 'string', 'bool']), unit: z.string().nullable() }))
    .meta({ description: 'Features and tables it asks about.', example: [{ name: 'tx.amount', type: 'number', unit: 'tx.currency' }] }),
  result: z
    .object({
      outcome: z.enum(['fires', 'holds', 'cannot_say', 'fails']).meta({
        description: '`holds`: it does not fire. `cannot_say`: for want of what is absent. `fails`: a transaction would go to review.',
      }),
      reason: z.string().meta({ description: 'As it reads with these values, also when the rule does not fire.' }),
      evidence: z.array(evidence),
      absent: z.array(z.string()).meta({ description: 'What it asks about and the values do not have.' }),
      notes: z.array(z.string()).meta({ description: 'What would be counted of it, such as `no_place` or `default_limit`.' }),
      failure: z.string().nullable().meta({ description: 'Why it fails.' }),
    })
    .nullable()
    .meta({ description: 'What it makes of the values; null without values, or when something is wrong.', example: null }),
})
