import { expect, test } from 'vitest'
import { newSecrets } from '../system/environment.js'
import { runningSystem, trafficSettings } from './config.js'

const secrets = newSecrets()
const environment = {
  KAFKA_BROKERS: 'kafka:9092',
  SCHEMA_REGISTRY_URL: 'http://registry:8080/apis/ccompat/v7',
  API_URL: 'http://transactions-api:3000',
  API_KEY: secrets.apiKey,
  CARD_TOKEN_KEYS: secrets.cardTokenKeys,
  API_PAGE: 'http://127.0.0.1:3000',
  MAILBOX_PAGE: 'http://127.0.0.1:8025',
  SMS_PAGE: 'http://127.0.0.1:4010',
}

test('a card has the token that transactions-api gives it, also when a key before the newest is listed', () => {
  const old = `0${secrets.cardTokenKeys}`.replace(/^01:/, '1:')
  for (const CARD_TOKEN_KEYS of [secrets.cardTokenKeys, `${secrets.cardTokenKeys.replace(/^1:/, '2:')},${old}`]) {
    const { tokenOf } = runningSystem({ ...environment, CARD_TOKEN_KEYS })
    expect(tokenOf('4111111111111111').split('.')[1]).toBe(secrets.tokenOf('4111111111111111').split('.')[1])
  }
  expect(runningSystem(environment).tokenOf('4111111111111111')).toBe(secrets.tokenOf('4111111111111111'))
})

test('Kafka and the registry are reached as the environment says', () => {
  const given = { KAFKA_CLIENT: 'kafkajs', KAFKA_TLS: 'true', KAFKA_SASL_MECHANISM: 'PLAIN', KAFKA_SASL_USERNAME: 'ann', KAFKA_SASL_PASSWORD: 'p', SCHEMA_REGISTRY_USERNAME: 'bob' }
  expect(runningSystem({ ...environment, ...given }).kafka).toMatchObject({ ...given, KAFKA_BROKERS: ['kafka:9092'], KAFKA_TLS: true })
})

test('SMS are answered where there is a simulator', () => {
  const given = { TWILIO_API_URL: 'http://twilio:4010', TWILIO_ACCOUNT_SID: 'AC1', TWILIO_AUTH_TOKEN: 't' }
  expect(runningSystem({ ...environment, ...given }).sms).toEqual({ url: 'http://twilio:4010', account: 'AC1', token: 't' })
  expect(runningSystem({ ...environment, TWILIO_API_URL: '' }).sms).toBeNull()
})

test('what is missing is named, all at once', () => {
  const { API_KEY: _, SMS_PAGE: __, ...rest } = environment
  expect(() => runningSystem(rest)).toThrow('  API_KEY is not set\n  SMS_PAGE is not set')
})

test('traffic comes at the rate that is set, two swipes a second unless told', () => {
  expect(trafficSettings({})).toEqual({ perSecond: 2, host: '127.0.0.1', port: 0 })
  expect(trafficSettings({ SWIPES_PER_SECOND: '0.5', HTTP_HOST: '0.0.0.0', HTTP_PORT: '3000' })).toEqual({ perSecond: 0.5, host: '0.0.0.0', port: 3_000 })
})

test.each([{ SWIPES_PER_SECOND: '0' }, { SWIPES_PER_SECOND: 'many' }, { SWIPES_PER_SECOND: '1e9' }, { HTTP_PORT: '70000' }])('%j is refused, and named', (env) => {
  expect(() => trafficSettings(env)).toThrow(`  ${Object.keys(env)[0]} must be`)
})
