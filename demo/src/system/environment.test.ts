import { messagingConfig } from '@swipestream/messaging'
import { expect, it } from 'vitest'
import { connectionEnvironment } from './environment.js'

const everything = Object.fromEntries(Object.keys(messagingConfig).map((name) => [name, `of ${name}`]))

it('services are told all that the environment says of given servers', () => {
  expect(connectionEnvironment({ ...everything, SOMETHING_ELSE: 'x' })).toEqual(everything)
})

it('how others let one in is nothing to servers that the launcher starts', () => {
  const { KAFKA_BROKERS: _, SCHEMA_REGISTRY_URL: __, ...rest } = everything
  expect(Object.keys(connectionEnvironment(rest)).toSorted()).toEqual(['KAFKA_CLIENT', 'KAFKA_COMPRESSION', 'KAFKA_NAMESPACE', 'KAFKA_SESSION_TIMEOUT_MS'])
  expect(connectionEnvironment({ ...rest, KAFKA_BROKERS: 'a:1' })).toMatchObject({ KAFKA_TLS: 'of KAFKA_TLS', KAFKA_SASL_PASSWORD: 'of KAFKA_SASL_PASSWORD' })
})
