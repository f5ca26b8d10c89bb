import { ResponseError } from '@platformatic/kafka'
import { expect, it, vi } from 'vitest'

/** Kafka's number of DeleteTopics, and of its answers. */
const deleteTopics = 20
const [unknownTopic, notAuthorized] = [3, 29]

let answers: readonly number[] = []
vi.mock('@platformatic/kafka', async (original) => ({
  ...(await original<typeof import('@platformatic/kafka')>()),
  Admin: class {
    deleteTopics = async () => {
      throw new ResponseError(deleteTopics, 6, Object.fromEntries(answers.map((code, i) => [`/responses/${i}`, [code, null]])), {})
    }
  },
}))
const { PlatformaticAdmin } = await import('./admin.js')

it('takes a topic that is not there for deleted, and says of the others that could not be', async () => {
  const admin = new PlatformaticAdmin({ clientId: 'c', bootstrapBrokers: ['a:1'] })
  answers = [unknownTopic, unknownTopic]
  await admin.deleteTopics(['a', 'b'])
  answers = [unknownTopic, notAuthorized]
  await expect(admin.deleteTopics(['a', 'b'])).rejects.toMatchObject({ code: 'KAFKA_REFUSED' })
})
