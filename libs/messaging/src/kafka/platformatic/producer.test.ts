import { expect, it, vi } from 'vitest'

const sent: string[][] = []
vi.mock('@platformatic/kafka', async (original) => ({
  ...(await original<typeof import('@platformatic/kafka')>()),
  Producer: class {
    metadata = async () => ({})
    close = async () => undefined
    send = async ({ messages }: { messages: { value: Buffer }[] }) => void sent.push(messages.map(({ value }) => value.toString()))
  },
}))
const { PlatformaticProducer } = await import('./producer.js')

const record = (value: string) => ({ topic: 't', key: null, value: Buffer.from(value), headers: {} })

it('sends what is handed over in any turn after an earlier send, and never leaves it lying', async () => {
  const producer = new PlatformaticProducer({ clientId: 'c', bootstrapBrokers: ['localhost:1'] })
  for (let turns = 0; turns < 20; turns++) {
    const first = producer.send([record('first')])
    await first
    for (let i = 0; i < turns; i++) await Promise.resolve()
    await producer.send([record('second')])
  }
  expect(sent.flat()).toHaveLength(40)
})

it('lets what comes while a request is under way share the next one, in order', async () => {
  sent.length = 0
  const producer = new PlatformaticProducer({ clientId: 'c', bootstrapBrokers: ['localhost:1'] })
  await Promise.all(['1', '2', '3', '4'].map((value) => producer.send([record(value)])))
  expect(sent).toEqual([['1'], ['2', '3', '4']])
})
