import { apiKeyEntry, loadConfig } from '@swipestream/platform'
import { describe, expect, it } from 'vitest'
import { configSchema } from './config.js'

const complete = {
  KAFKA_BROKERS: '127.0.0.1:9092',
  SCHEMA_REGISTRY_URL: 'http://127.0.0.1:8081',
  DATABASE_URL: 'postgres://u:p@127.0.0.1:5432/notifier',
  SMTP_URL: 'smtp://127.0.0.1:1025',
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'secret',
  TWILIO_FROM: '+15005550006',
  PUBLIC_URL: 'https://alerts.bank.example',
  ANSWER_KEYS: `1:${'A'.repeat(43)}=`,
  CUSTOMER_TOKEN_KEYS: `1:${'B'.repeat(42)}A=`,
  NOTIFIER_API_KEYS: apiKeyEntry('ops', 'key', ['silences:write']),
}

describe('the configuration', () => {
  it('needs no more than servers, an account and keys', () => {
    const config = loadConfig(configSchema, complete)
    expect(config.MAIL_FROM).toEqual({ name: 'Swipestream', address: 'alerts@swipestream.example' })
    expect(config.TWILIO_API_URL).toBeUndefined()
    expect(config.ON_CALL_EMAILS).toEqual([])
    expect(config.FALLBACK_EMAIL).toBeUndefined()
  })

  it.each(['DATABASE_URL', 'SMTP_URL', 'TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM', 'PUBLIC_URL', 'ANSWER_KEYS', 'CUSTOMER_TOKEN_KEYS', 'NOTIFIER_API_KEYS'])('without %s names it, and how to set it', (name) => {
    expect(() => loadConfig(configSchema, { ...complete, [name]: '' })).toThrow(new RegExp(`${name} is missing: .{20,}`))
  })

  it.each([
    ['DATABASE_URL', 'mysql://u:p@h/d'],
    ['SMTP_URL', '127.0.0.1:1025'],
    ['MAIL_FROM', 'Bank'],
    ['MAIL_FROM', 'a@x.example, b@x.example'],
    ['TWILIO_ACCOUNT_SID', 'SK00000000000000000000000000000000'],
    ['TWILIO_FROM', '0301234567'],
    ['TWILIO_FROM', 'A sender too long'],
    ['TWILIO_API_URL', 'ftp://h'],
    ['EMAIL_CONCURRENCY', '0'],
    ['DELIVERY_LEASE_SECONDS', '1'],
    ['PUBLIC_URL', 'alerts.bank.example'],
    ['TRUSTED_PROXIES', '10.0.0.0/40'],
    ['ANSWER_KEYS', '1:AAEC'],
    ['CUSTOMER_TOKEN_KEYS', 'AAEC'],
    ['NOTIFIER_API_KEYS', 'ops:key:silences:write'],
    ['ON_CALL_EMAILS', 'a@x.example; b@x.example'],
    ['ON_CALL_PHONES', '0301234567'],
    ['FALLBACK_EMAIL', 'a@x.example, b@x.example'],
    ['DIGEST_AFTER', '0'],
  ])('does not take %s=%s, and does not repeat the value', (name, value) => {
    const load = () => loadConfig(configSchema, { ...complete, [name]: value })
    expect(load).toThrow(name)
    expect(load).not.toThrow(new RegExp(`${name} [^:]*${value.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}`))
  })

  it('takes lists, and a public address with or without a slash at its end', () => {
    const config = loadConfig(configSchema, { ...complete, ON_CALL_EMAILS: 'a@x.example, b@x.example', PUBLIC_URL: 'https://bank.example/alerts/' })
    expect(config.ON_CALL_EMAILS).toEqual(['a@x.example', 'b@x.example'])
    expect(config.PUBLIC_URL).toBe('https://bank.example/alerts')
  })

  it.each(['+15005550006', `MG${'a'.repeat(32)}`, 'Swipestream'])('takes the sender %s', (TWILIO_FROM) => {
    expect(loadConfig(configSchema, { ...complete, TWILIO_FROM }).TWILIO_FROM).toBe(TWILIO_FROM)
  })
})
