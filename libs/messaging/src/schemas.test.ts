import { encoder, fraudFeedback, type SchemaRegistry, type Topic, transactionsLog, uuidv7 } from '@swipestream/contracts'
import { describe, expect, it } from 'vitest'
import { Schemas } from './schemas.js'

const registry = { schemaById: () => Promise.resolve(fraudFeedback.schema), idOf: () => Promise.resolve(7) } as unknown as SchemaRegistry
const feedback = {
  feedback_id: uuidv7(), transaction_id: uuidv7(), card_id: 'c', terminal_id: null, transaction_occurred_at: null, amount_minor: null, currency: null, verdict: 'legitimate', card_action: 'none', source: 'analyst', actor: null, comment: null, given_at: 1,
} as const

const any = (topic: unknown) => topic as Topic<unknown>

describe('Schemas', () => {
  it('decodes what is prepared; before that it is nobody’s fault, and passes', async () => {
    const schemas = new Schemas(registry, '', [])
    const bytes = encoder(fraudFeedback.schema)(7, feedback)
    expect(() => schemas.decode(fraudFeedback, bytes)).toThrow(expect.objectContaining({ code: 'SCHEMAS_PENDING', kind: 'transient' }))
    await schemas.prepare(bytes)
    expect(schemas.prepare(bytes)).toBe(undefined)
    expect(schemas.decode(fraudFeedback, bytes)).toEqual(feedback)
  })

  it('encodes what is declared and loaded; an event that is not declared is the fault of the wiring', async () => {
    const schemas = new Schemas(registry, '', [any(fraudFeedback)])
    expect(() => schemas.encode(any(fraudFeedback), feedback)).toThrow(expect.objectContaining({ code: 'SCHEMAS_PENDING', kind: 'transient' }))
    await schemas.load(() => undefined, new AbortController().signal)
    expect(schemas.encode(any(fraudFeedback), feedback)).toEqual(encoder(fraudFeedback.schema)(7, feedback))
    expect(() => schemas.encode(any(transactionsLog), {})).toThrow(expect.objectContaining({ code: 'TOPIC_NOT_DECLARED', kind: 'fatal' }))
  })
})
