import { describe, expect, it } from 'vitest'
import { isSilenced, type Silencing } from './silence.js'

const alert = { service: 'fraud-service', code: 'FRAUD_RULE_FAILED', subject: 'impossible_travel' }
const any: Silencing = { service: null, code: null, subject: null }

describe('a silence', () => {
  it.each<[string, Partial<Silencing>, boolean]>([
    ['of everything', {}, true],
    ['of the service', { service: 'fraud-service' }, true],
    ['of another service', { service: 'notifier' }, false],
    ['of the code', { code: 'FRAUD_RULE_FAILED' }, true],
    ['of another code', { code: 'MODEL_FAILED' }, false],
    ['of the subject', { subject: 'impossible_travel' }, true],
    ['of another subject', { subject: 'velocity' }, false],
    ['of all three', { ...alert }, true],
    ['of all three, one of them another', { ...alert, subject: 'velocity' }, false],
    ['of a part of a name', { service: 'fraud' }, false],
    ['of a name in other case', { code: 'fraud_rule_failed' }, false],
  ])('%s', (_, silence, silenced) => {
    expect(isSilenced({ ...any, ...silence }, alert)).toBe(silenced)
  })

  it('of a subject is of no alert without one', () => {
    expect(isSilenced({ ...any, subject: 'velocity' }, { ...alert, subject: null })).toBe(false)
    expect(isSilenced({ ...any, code: alert.code }, { ...alert, subject: null })).toBe(true)
  })
})
