import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CodedError, loadConfig } from '@swipestream/platform'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { clusterConfig } from '../config.js'
import { clientOptions } from './client-options.js'
import type { KafkaClientOptions } from './ports.js'

const dir = mkdtempSync(join(tmpdir(), 'client-options-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

function file(name: string, text: string): string {
  writeFileSync(join(dir, name), text)
  return join(dir, name)
}

const key = file('key.pem', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
const garbage = file('garbage.pem', '-----BEGIN CERTIFICATE-----\nbm90IG9uZQ==\n-----END CERTIFICATE-----\n')
const missing = join(dir, 'missing-7f3a.pem')

/** As a service has it: from its environment. */
function optionsOf(env: Record<string, string>): KafkaClientOptions {
  return clientOptions(loadConfig(z.object(clusterConfig), { KAFKA_BROKERS: 'a:9092', ...env }), 'test')
}

function refusalOf(env: Record<string, string>): CodedError {
  try {
    optionsOf(env)
  } catch (error) {
    if (error instanceof CodedError) return error
  }
  throw new Error('expected CONFIG_INVALID')
}

describe('the options of a Kafka client', () => {
  it('are neither TLS nor SASL nor compression where nothing is said', () => {
    expect(optionsOf({})).toEqual({ clientId: 'test', brokers: ['a:9092'], compression: 'none' })
    expect(clientOptions({ KAFKA_BROKERS: ['a:9092'], KAFKA_CLIENT: 'platformatic' }, 'test')).toEqual({ clientId: 'test', brokers: ['a:9092'] })
  })

  it("trust Node's authorities where TLS has none of its own", () => {
    expect(optionsOf({ KAFKA_TLS: 'true' }).tls).toEqual({})
  })

  it('have mechanism, user name and password', () => {
    const env = { KAFKA_SASL_MECHANISM: 'SCRAM-SHA-256', KAFKA_SASL_USERNAME: 'ann', KAFKA_SASL_PASSWORD: 's3cret' }
    expect(optionsOf(env).sasl).toEqual({ mechanism: 'SCRAM-SHA-256', username: 'ann', password: 's3cret' })
    expect(optionsOf({ ...env, KAFKA_SASL_MECHANISM: 'PLAIN', KAFKA_TLS: 'true' })).toMatchObject({ tls: {}, sasl: { mechanism: 'PLAIN' } })
  })

  it.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])('have the compression %s', (compression) => {
    expect(optionsOf({ KAFKA_COMPRESSION: compression }).compression).toBe(compression)
  })
})

describe('what is said of TLS and SASL is CONFIG_INVALID, and names the variable, when it', () => {
  it.each<[string, Record<string, string>, RegExp]>([
    ['has a user name and no mechanism', { KAFKA_SASL_USERNAME: 'ann' }, /KAFKA_SASL_MECHANISM is missing: KAFKA_SASL_USERNAME needs it/],
    ['has a password and no mechanism', { KAFKA_SASL_PASSWORD: 's3cret' }, /KAFKA_SASL_MECHANISM is missing: KAFKA_SASL_PASSWORD needs it/],
    ['has a mechanism and no user name', { KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512', KAFKA_SASL_PASSWORD: 's3cret' }, /KAFKA_SASL_USERNAME is missing/],
    ['has a mechanism and no password', { KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512', KAFKA_SASL_USERNAME: 'ann' }, /KAFKA_SASL_PASSWORD is missing/],
    [
      'would send a password that everyone can read',
      { KAFKA_SASL_MECHANISM: 'PLAIN', KAFKA_SASL_USERNAME: 'ann', KAFKA_SASL_PASSWORD: 's3cret' },
      /KAFKA_SASL_MECHANISM is PLAIN.*set KAFKA_TLS=true, or take SCRAM-SHA-512/,
    ],
    ['has an unknown mechanism', { KAFKA_SASL_MECHANISM: 'GSSAPI' }, /KAFKA_SASL_MECHANISM must be one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512/],
    ['says TLS in another word', { KAFKA_TLS: 'yes' }, /KAFKA_TLS must be one of true, false/],
    ['has an authority and no TLS', { KAFKA_TLS_CA_FILE: garbage }, /KAFKA_TLS is missing: KAFKA_TLS_CA_FILE needs it to be true/],
    ['has a certificate and no key', { KAFKA_TLS: 'true', KAFKA_TLS_CERT_FILE: garbage }, /KAFKA_TLS_KEY_FILE is missing: KAFKA_TLS_CERT_FILE needs it/],
    ['has a key and no certificate', { KAFKA_TLS: 'true', KAFKA_TLS_KEY_FILE: key }, /KAFKA_TLS_CERT_FILE is missing: KAFKA_TLS_KEY_FILE needs it/],
    ['names a file that is not there', { KAFKA_TLS: 'true', KAFKA_TLS_CA_FILE: missing }, /KAFKA_TLS_CA_FILE cannot be read \(ENOENT\)/],
    ['names a directory', { KAFKA_TLS: 'true', KAFKA_TLS_CERT_FILE: dir, KAFKA_TLS_KEY_FILE: key }, /KAFKA_TLS_CERT_FILE cannot be read \(EISDIR\)/],
    ['names a file without PEM', { KAFKA_TLS: 'true', KAFKA_TLS_CA_FILE: file('text', 'hello') }, /KAFKA_TLS_CA_FILE has no PEM in it/],
    ['names a key for a certificate', { KAFKA_TLS: 'true', KAFKA_TLS_CERT_FILE: key, KAFKA_TLS_KEY_FILE: key }, /KAFKA_TLS_CERT_FILE has PRIVATE KEY in it: it must name/],
    ['names a certificate that is none', { KAFKA_TLS: 'true', KAFKA_TLS_CERT_FILE: garbage, KAFKA_TLS_KEY_FILE: key }, /KAFKA_TLS_CERT_FILE cannot be used for TLS/],
    ['names an authority that is none', { KAFKA_TLS: 'true', KAFKA_TLS_CA_FILE: garbage }, /KAFKA_TLS_CA_FILE cannot be used for TLS/],
  ])('%s', (_, env, message) => {
    const refusal = refusalOf(env)
    expect(refusal).toMatchObject({ code: 'CONFIG_INVALID', kind: 'fatal' })
    expect(refusal.message).toMatch(message)
    expect(refusal.message).not.toMatch(/s3cret|7f3a/)
  })
})
