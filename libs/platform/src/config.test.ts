import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { loadConfig, serviceConfig } from './config.js'
import { CodedError } from './errors.js'

const schema = z.object({
  ...serviceConfig,
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).describe('where mail goes, e.g. smtp://127.0.0.1:1025'),
  API_SECRET: z.string().min(32).describe('32 characters or more, e.g. from `openssl rand -hex 32`'),
  RETRY: z.object({ max: z.number() }).default({ max: 3 }),
})

const failureOf = (env: NodeJS.ProcessEnv): CodedError => {
  try {
    loadConfig(schema, env)
  } catch (error) {
    if (error instanceof CodedError) return error
  }
  throw new Error('expected CONFIG_INVALID')
}

const valid = { SMTP_URL: 'smtp://127.0.0.1:1025', API_SECRET: 'x'.repeat(32) }

describe('loadConfig', () => {
  it('gives typed values and defaults', () => {
    const config = loadConfig(schema, { ...valid, HTTP_PORT: '8080', UNKNOWN: 'ignored' })
    expect(config).toEqual({
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: 8080,
      LOG_LEVEL: 'info',
      OTEL_TRACES_SAMPLER: 'parentbased_always_on',
      OTEL_TRACES_SAMPLER_ARG: 1,
      RETRY: { max: 3 },
      ...valid,
    })
  })

  it('freezes all of it', () => {
    const config = loadConfig(schema, valid)
    expect(Object.isFrozen(config)).toBe(true)
    expect(Object.isFrozen(config.RETRY)).toBe(true)
  })

  it.each(['', '   ', '\t'])('takes the blank value %j as missing', (blank) => {
    expect(loadConfig(schema, { ...valid, HTTP_PORT: blank, LOG_LEVEL: blank }).LOG_LEVEL).toBe('info')
    expect(failureOf({ ...valid, SMTP_URL: blank }).message).toContain('SMTP_URL is missing: where mail goes')
  })

  it('names every problem at once, a line each, with the fix', () => {
    const { code, kind, message } = failureOf({ HTTP_PORT: '70000', LOG_LEVEL: 'loud', API_SECRET: 'short' })
    expect({ code, kind }).toEqual({ code: 'CONFIG_INVALID', kind: 'fatal' })
    expect(message.split('\n').slice(1)).toEqual([
      '  HTTP_PORT is too big, at most 65535: a port number, 0 for any free one',
      '  LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent: the least severe level to log',
      '  SMTP_URL is missing: where mail goes, e.g. smtp://127.0.0.1:1025',
      '  API_SECRET is too small, at least 32 characters are needed: 32 characters or more, e.g. from `openssl rand -hex 32`',
    ])
  })

  it('says what is wrong without the value, which may be a secret', () => {
    const values = {
      HTTP_PORT: 'p4ssw0rd-a',
      LOG_LEVEL: 'p4ssw0rd-b',
      SMTP_URL: 'p4ssw0rd-c',
      API_SECRET: 'p4ssw0rd-d',
    }
    const failure = failureOf({ ...values, OTEL_EXPORTER_OTLP_ENDPOINT: 'p4ssw0rd-e' })
    expect(failure.message.split('\n')).toHaveLength(6)
    expect(`${failure.stack}${JSON.stringify(failure)}`).not.toContain('p4ssw0rd')
    expect(failure.cause).toBeUndefined()
  })
})
