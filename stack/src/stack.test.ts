import { describe, expect, it } from 'vitest'
import { serverNames } from './server.js'
import type { AnyServerName, ServerName } from './server.js'
import { startStack } from './stack.js'

describe('startStack', () => {
  it('names the servers there are when asked for another', async () => {
    const wrong = startStack({ servers: ['mysql' as ServerName] })
    await expect(wrong).rejects.toMatchObject({ code: 'SERVER_UNKNOWN' })
    await expect(wrong).rejects.toThrow(serverNames.join(', '))
  })

  it('says what the registry needs when it is to start without Kafka', async () => {
    const wrong = startStack({ servers: ['registry'] })
    await expect(wrong).rejects.toMatchObject({ code: 'SERVER_NEEDS' })
    await expect(wrong).rejects.toThrow(/start kafka too, or set KAFKA_BROKERS/)
  })

  it.each([{ KAFKA_TLS: 'true' }, { KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512' }])('starts no registry on brokers that it cannot reach: %o', async (door) => {
    const wrong = startStack({ servers: ['registry'], env: { KAFKA_BROKERS: 'a:9092', ...door } })
    await expect(wrong).rejects.toMatchObject({ code: 'SERVER_NEEDS' })
    await expect(wrong).rejects.toThrow(/or SCHEMA_REGISTRY_URL/)
  })

  it.each<[string, AnyServerName[], RegExp]>([
    ['brokers of the cluster alone', ['kafka-1', 'kafka-3'], /^kafka-1, kafka-2, kafka-3 are one cluster/],
    ['two Kafkas, which clients could not tell apart', ['kafka', 'kafka-secured'], /^kafka, kafka-secured would all be KAFKA_BROKERS/],
    ['the registry on a Kafka that it cannot reach', ['kafka-secured', 'registry'], /without TLS/],
    ['Kafka Connect without Kafka', ['connect', 'mariadb'], /^connect keeps its state in kafka.*or CONNECT_URL/],
  ])('refuses %s', async (_, servers, message) => {
    const wrong = startStack({ servers })
    await expect(wrong).rejects.toMatchObject({ code: 'SERVER_NEEDS' })
    await expect(wrong).rejects.toThrow(message)
  })
})
