import { describe, expect, it } from 'vitest'
import { serverNames } from './server.js'
import type { ServerName } from './server.js'
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
})
